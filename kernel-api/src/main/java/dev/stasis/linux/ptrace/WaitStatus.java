package dev.stasis.linux.ptrace;

/**
 * The status word of wait4(2), with names for its cases.
 *
 * @param raw as the kernel gave it
 * @see <a href="https://man7.org/linux/man-pages/man2/wait4.2.html">wait4(2)</a>
 */
public record WaitStatus(int raw) {

    /** Whether the task ended by itself. */
    public boolean isExit() {
        return (raw & 0x7f) == 0;
    }

    /** The exit code, 0 to 255, of a task that ended by itself. */
    public int exitCode() {
        return (raw >> 8) & 0xff;
    }

    /** Whether a signal ended the task. */
    public boolean isKill() {
        int low = raw & 0x7f;
        return low != 0 && low != 0x7f;
    }

    /** The signal that ended the task. */
    public int killSignal() {
        return raw & 0x7f;
    }

    /** The status of a task that {@code signal} stopped. */
    public static WaitStatus stoppedBy(int signal) {
        return new WaitStatus(signal << 8 | 0x7f);
    }

    /** Whether the task is stopped. */
    public boolean isStop() {
        return (raw & 0xff) == 0x7f;
    }

    /** The signal that stopped the task. */
    public int stopSignal() {
        return (raw >> 8) & 0xff;
    }

    int event() {
        return (raw >> 16) & 0xffff;
    }

    @Override
    public String toString() {
        if (isExit()) {
            return "exit code " + exitCode();
        }
        if (isKill()) {
            return "killed by signal " + killSignal() + ((raw & 0x80) != 0 ? " (core dumped)" : "");
        }
        return "stopped, status 0x" + Integer.toHexString(raw);
    }
}
