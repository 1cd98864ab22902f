package dev.stasis.host.state;

/**
 * How a thread is scheduled.
 *
 * @param policy SCHED_OTHER (0), SCHED_FIFO (1), ...
 * @param flags SCHED_FLAG_*, such as reset on fork
 * @param nice -20 to 19
 * @param priority of the real-time policies, 0 otherwise
 * @param runtime of SCHED_DEADLINE, nanoseconds
 * @param deadline of SCHED_DEADLINE, nanoseconds
 * @param period of SCHED_DEADLINE, nanoseconds
 * @param ioPriority as ioprio_get(2) gives it
 * @param cpus that it may run on, one bit each, lowest first
 * @see <a href="https://man7.org/linux/man-pages/man2/sched_setattr.2.html">sched_setattr(2)</a>
 */
public record Scheduling(
        int policy, long flags, int nice, int priority, long runtime, long deadline, long period, int ioPriority, byte[] cpus) {
    /** The policy that promises a share of the CPU. */
    public static final int DEADLINE = 6;
}
