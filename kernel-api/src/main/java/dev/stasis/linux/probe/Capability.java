package dev.stasis.linux.probe;

/**
 * The capabilities that work on other processes takes.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/capabilities.7.html">capabilities(7)</a>
 */
public enum Capability {
    CAP_SYS_PTRACE(19, true, "attach to tasks"),
    CAP_CHECKPOINT_RESTORE(40, true, "create tasks with the pids they had"),
    CAP_SYS_ADMIN(21, true, "reach mapped files and suspend system-call filters"),
    CAP_DAC_OVERRIDE(1, true, "open the files of other users"),
    CAP_CHOWN(0, false, "give files back to other users"),
    CAP_FOWNER(3, false, "give files of other users their attributes"),
    CAP_KILL(5, false, "signal tasks of other users"),
    CAP_SETUID(7, false, "restore tasks of other users"),
    CAP_SETGID(6, false, "restore tasks of other groups"),
    CAP_SETPCAP(8, false, "restore tasks with fewer capabilities"),
    CAP_SYS_CHROOT(18, false, "restore tasks with another root directory"),
    CAP_SYS_NICE(23, false, "restore priorities and real-time scheduling"),
    CAP_SYS_RESOURCE(24, false, "restore tasks with higher limits than this one's");

    private final int bit;
    private final boolean required;
    private final String purpose;

    Capability(int bit, boolean required, String purpose) {
        this.bit = bit;
        this.required = required;
        this.purpose = purpose;
    }

    /** Whether nothing goes without it; otherwise some tasks cannot be restored. */
    public boolean isRequired() {
        return required;
    }

    /** What it is needed for, continuing "needed to". */
    public String purpose() {
        return purpose;
    }

    /** Whether it is in {@code mask}, a set as /proc shows it. */
    boolean isIn(long mask) {
        return (mask >>> bit & 1) != 0;
    }
}
