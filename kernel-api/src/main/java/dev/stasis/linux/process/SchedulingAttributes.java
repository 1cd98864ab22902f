package dev.stasis.linux.process;

/**
 * How a thread is scheduled.
 *
 * @param policy SCHED_OTHER (0), SCHED_FIFO (1), SCHED_RR (2), SCHED_BATCH (3), SCHED_IDLE (5), SCHED_DEADLINE (6)
 * @param flags SCHED_FLAG_*
 * @param nice -20 to 19; kept for the time after under the policies that do not heed it
 * @param priority of the real-time policies, 0 otherwise
 * @param runtime of SCHED_DEADLINE, nanoseconds
 * @param deadline of SCHED_DEADLINE, nanoseconds
 * @param period of SCHED_DEADLINE, nanoseconds
 * @see <a href="https://man7.org/linux/man-pages/man2/sched_setattr.2.html">sched_getattr(2)</a>
 */
public record SchedulingAttributes(int policy, long flags, int nice, int priority, long runtime, long deadline, long period) {
    private static final int OTHER = 0;
    private static final int FIFO = 1;
    private static final int ROUND_ROBIN = 2;
    private static final int BATCH = 3;
    private static final int DEADLINE = 6;

    /** Whether threads under {@code policy} go before all that share the CPU: sched_getattr(2) does not tell their nice value. */
    static boolean isRealTime(int policy) {
        return policy == FIFO || policy == ROUND_ROBIN || policy == DEADLINE;
    }

    /** Whether sched_setattr(2) takes a nice value for {@code policy}. */
    static boolean isNiceSetWith(int policy) {
        return policy == OTHER || policy == BATCH;
    }
}
