package dev.stasis.linux.process;

/**
 * How a child ended.
 *
 * @param status the status word of wait4(2)
 * @see <a href="https://man7.org/linux/man-pages/man2/wait4.2.html">wait4(2)</a>
 */
public record ChildExit(int status) {

    /** The child's exit code, or 128 and the number of the signal that killed it: what a shell shows as {@code $?}. */
    public int shellStatus() {
        int signal = status & 0x7f;
        return signal == 0 ? (status >> 8) & 0xff : 128 + signal;
    }
}
