package dev.stasis.linux.ptrace;

import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.RemoteAddress;
import java.util.Arrays;

/**
 * The general registers of one thread on x86-64, in the order of the kernel's {@code user_regs_struct}. Immutable.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/ptrace.2.html">ptrace(2)</a> PTRACE_GETREGS
 */
public final class Registers {

    /** One general register, in the kernel's order. */
    public enum Name {
        R15, R14, R13, R12, RBP, RBX, R11, R10, R9, R8, RAX, RCX, RDX, RSI, RDI, ORIG_RAX, RIP, CS, EFLAGS, RSP, SS,
        FS_BASE, GS_BASE, DS, ES, FS, GS
    }

    /** How many registers there are. */
    public static final int COUNT = 27;

    static final int BYTES = COUNT * Long.BYTES;

    private static final Name[] ARGUMENTS = {Name.RDI, Name.RSI, Name.RDX, Name.R10, Name.R8, Name.R9};

    private final long[] values;

    private Registers(long[] values) {
        this.values = values;
    }

    /** The registers of these {@value #COUNT} values, in the order of {@link Name}. */
    public static Registers of(long... values) {
        if (values.length != COUNT) {
            throw new IllegalArgumentException("x86-64 has " + COUNT + " registers, not " + values.length);
        }
        return new Registers(values.clone());
    }

    static Registers read(NativeMemory memory, int offset) {
        long[] values = new long[COUNT];
        for (int i = 0; i < COUNT; i++) {
            values[i] = memory.getLong(offset + i * Long.BYTES);
        }
        return new Registers(values);
    }

    void write(NativeMemory memory, int offset) {
        for (int i = 0; i < COUNT; i++) {
            memory.putLong(offset + i * Long.BYTES, values[i]);
        }
    }

    /** The value of register {@code name}. */
    public long get(Name name) {
        return values[name.ordinal()];
    }

    /** These registers with {@code name} set to {@code value}. */
    public Registers with(Name name, long value) {
        long[] copy = values.clone();
        copy[name.ordinal()] = value;
        return new Registers(copy);
    }

    /** A copy of all values, in the order of {@link Name}. */
    public long[] values() {
        return values.clone();
    }

    /** Where the thread goes on. */
    public RemoteAddress instruction() {
        return new RemoteAddress(get(Name.RIP));
    }

    /** The top of its stack. */
    public RemoteAddress stack() {
        return new RemoteAddress(get(Name.RSP));
    }

    /** Whether the thread runs 64-bit code; a 32-bit (compat) task has another code segment. */
    public boolean is64Bit() {
        return get(Name.CS) == 0x33;
    }

    /**
     * These registers set up for a system call: number and up to six arguments, about to execute the instruction at
     * {@code instruction} with the stack at {@code stack}; no earlier call is restarted.
     */
    public Registers forCall(int number, RemoteAddress instruction, RemoteAddress stack, long... arguments) {
        long[] copy = values.clone();
        copy[Name.RAX.ordinal()] = number;
        copy[Name.ORIG_RAX.ordinal()] = -1;
        copy[Name.RIP.ordinal()] = instruction.value();
        copy[Name.RSP.ordinal()] = stack.value();
        for (int i = 0; i < ARGUMENTS.length; i++) {
            copy[ARGUMENTS[i].ordinal()] = i < arguments.length ? arguments[i] : 0;
        }
        return new Registers(copy);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Registers registers && Arrays.equals(values, registers.values);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return "rip=0x" + Long.toHexString(get(Name.RIP)) + " rsp=0x" + Long.toHexString(get(Name.RSP)) + " rax="
                + get(Name.RAX) + " orig_rax=" + get(Name.ORIG_RAX);
    }
}
