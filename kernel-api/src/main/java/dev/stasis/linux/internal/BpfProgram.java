package dev.stasis.linux.internal;

import static dev.stasis.linux.internal.Syscalls.check;

import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.SyscallNumber;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;

/**
 * A BPF program that looks at structures of the kernel. It is attached to nothing, but run in the calling thread when it is asked.
 *
 * <p>The kernel lends reads of its memory to programs whose licence it knows. The instructions, and they alone, may be used under
 * the MIT licence or the GPL too. Not safe for use by several threads at once.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/bpf.2.html">bpf(2)</a>
 */
public final class BpfProgram implements AutoCloseable {
    /** Function bpf_map_lookup_elem. */
    static final int LOOKUP_ELEMENT = 1;
    /** Function bpf_get_current_task. */
    public static final int CURRENT_TASK = 35;
    /** Function bpf_probe_read_kernel. */
    public static final int READ_KERNEL = 113;
    /** Function bpf_probe_read_kernel_str. */
    public static final int READ_KERNEL_STRING = 115;

    private static final int MAP_CREATE = 0;
    private static final int MAP_LOOKUP = 1;
    private static final int PROGRAM_LOAD = 5;
    private static final int PROGRAM_RUN = 10;
    private static final int TYPES_LOAD = 18;
    private static final int ARRAY_MAP = 2;
    private static final int RAW_TRACEPOINT = 17;
    private static final int RETURNED = 4;
    private static final int ATTRIBUTES = 144;
    private static final byte[] LICENCE = "Dual MIT/GPL\0".getBytes(StandardCharsets.US_ASCII);

    private final NativeMemory attributes = NativeMemory.allocate(ATTRIBUTES);
    private final NativeMemory key = NativeMemory.allocate(Integer.BYTES);
    private final NativeMemory arguments = NativeMemory.allocate(3 * Long.BYTES);
    private final String subject;
    private final Fd program;

    /**
     * Has the kernel take {@code code}, which looks into {@code types}, the last of them {@code function}; {@code subject} is for
     * messages. Throws {@link dev.stasis.linux.KernelException} when it does not.
     */
    public BpfProgram(BpfCode code, BpfTypes types, int function, String subject) {
        this.subject = subject;
        NativeMemory relocations = memory(code.encodeRelocations(types));
        NativeMemory described = memory(types.encode());
        attributes.putLong(0, described.address()).putInt(16, described.size());
        try (Fd known = Fd.own((int) call(subject, attributes, "BPF_BTF_LOAD", TYPES_LOAD))) {
            NativeMemory instructions = memory(code.encode());
            NativeMemory licence = memory(LICENCE);
            NativeMemory all = NativeMemory.allocate(8).putInt(4, function);
            attributes.putInt(0, RAW_TRACEPOINT).putInt(4, code.count()).putLong(8, instructions.address());
            attributes.putLong(16, licence.address());
            attributes.putInt(72, known.number()).putInt(76, 8).putLong(80, all.address()).putInt(88, 1);
            attributes.putInt(116, relocations.size() / 16).putLong(128, relocations.address()).putInt(136, 16);
            program = Fd.own((int) call(subject, attributes, "BPF_PROG_LOAD", PROGRAM_LOAD));
            Reference.reachabilityFence(instructions);
            Reference.reachabilityFence(licence);
            Reference.reachabilityFence(all);
            Reference.reachabilityFence(relocations);
            Reference.reachabilityFence(described);
        }
    }

    /** An array of one value of {@code size} bytes, for a program to write into; the caller owns it. */
    public static Fd map(int size, String subject) {
        NativeMemory attributes = NativeMemory.allocate(ATTRIBUTES);
        attributes.putInt(0, ARRAY_MAP).putInt(4, Integer.BYTES).putInt(8, size).putInt(12, 1);
        return Fd.own((int) call(subject, attributes, "BPF_MAP_CREATE", MAP_CREATE));
    }

    private static NativeMemory memory(byte[] bytes) {
        return NativeMemory.allocate(bytes.length).put(0, bytes);
    }

    private static long call(String subject, NativeMemory attributes, String name, int command) {
        try {
            return check("bpf " + name, subject, Syscalls.call3(SyscallNumber.BPF, command, attributes.address(), ATTRIBUTES));
        } finally {
            attributes.clear(0, ATTRIBUTES);
        }
    }

    /** Runs it once with two arguments; returns what it returns. */
    public int run(long first, long second) {
        return run(first, second, 0);
    }

    /** Runs it once with three arguments; returns what it returns. */
    public int run(long first, long second, long third) {
        arguments.putLong(0, first).putLong(8, second).putLong(16, third);
        attributes.putInt(0, program.number()).putInt(40, arguments.size()).putLong(48, arguments.address());
        try {
            check("bpf BPF_PROG_TEST_RUN", subject,
                    Syscalls.call3(SyscallNumber.BPF, PROGRAM_RUN, attributes.address(), ATTRIBUTES));
            return attributes.getInt(RETURNED);
        } finally {
            attributes.clear(0, ATTRIBUTES);
        }
    }

    /** Copies the value of {@code map}, which is borrowed, to {@code value}. */
    public void read(Fd map, NativeMemory value) {
        attributes.putInt(0, map.number()).putLong(8, key.address()).putLong(16, value.address());
        call(subject, attributes, "BPF_MAP_LOOKUP_ELEM", MAP_LOOKUP);
    }

    @Override
    public void close() {
        program.close();
    }
}
