package dev.stasis.linux.ptrace;

import java.util.Arrays;

/**
 * A program that judges the system calls of a thread.
 *
 * @param program its instructions, {@link #INSTRUCTION} bytes each (struct sock_filter)
 * @param flags SECCOMP_FILTER_FLAG_LOG or none
 * @see <a href="https://man7.org/linux/man-pages/man2/seccomp.2.html">seccomp(2)</a>
 */
public record SeccompFilter(byte[] program, int flags) {
    /** The size of an instruction in bytes. */
    public static final int INSTRUCTION = 8;
    /** Of an instruction that ends the program: with its operand, or with the accumulator. */
    private static final int RETURN_CONSTANT = 0x06;
    private static final int ACTION = 0xffff0000;
    private static final int USER_NOTIFICATION = 0x7fc00000;

    /** How many instructions it has. */
    public int instructions() {
        return program.length / INSTRUCTION;
    }

    /** Whether it leaves some calls to a supervising process to judge (SECCOMP_RET_USER_NOTIF). */
    public boolean asksSupervisor() {
        for (int at = 0; at < program.length; at += INSTRUCTION) {
            int code = (program[at] & 0xff) | (program[at + 1] & 0xff) << 8;
            int operand = 0;
            for (int i = 3; i >= 0; i--) {
                operand = operand << 8 | program[at + 4 + i] & 0xff;
            }
            if (code == RETURN_CONSTANT && (operand & ACTION) == USER_NOTIFICATION) {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SeccompFilter filter && flags == filter.flags && Arrays.equals(program, filter.program);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(program) + flags;
    }

    @Override
    public String toString() {
        return "seccomp filter of " + instructions() + " instructions";
    }
}
