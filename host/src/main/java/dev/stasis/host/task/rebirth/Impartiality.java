package dev.stasis.host.task.rebirth;

import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.SystemCalls;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.linux.process.ThreadCalls;

/**
 * Takes from the seed what it has from this process and what those that are cloned from it could not be told apart by later: all
 * memory made with it would be that way, or each thread would come back to it.
 */
final class Impartiality {
    private static final int SCHED_OTHER = 0;
    private static final int SCHED_FIFO = 1;
    private static final int SCHED_RR = 2;
    private static final int SCHED_RESET_ON_FORK = 0x40000000;
    private static final int PR_SET_TIMERSLACK = 29;
    private static final int PR_GET_TIMERSLACK = 30;
    private static final int PR_SET_MEMORY_MERGE = 67;
    private static final int PR_GET_MEMORY_MERGE = 68;
    /** What the first process has, and with it all whose ancestors never chose another. */
    private static final long USUAL_TIMER_SLACK = 50_000;

    private Impartiality() {}

    static void give(Newborn seed) {
        schedule(seed);
        if (SystemCalls.tryCall(SyscallNumber.PRCTL, PR_GET_MEMORY_MERGE, 0, 0, 0, 0) == 1) {
            seed.call("prctl PR_SET_MEMORY_MERGE", SyscallNumber.PRCTL, PR_SET_MEMORY_MERGE, 0, 0, 0, 0);
        }
    }

    /**
     * Real-time threads have no timer slack, nor can they be given one; and what a thread has is the one that those it makes go
     * back to when they ask for their usual one.
     */
    private static void schedule(Newborn seed) {
        int policy = ThreadCalls.policy(ProcessCalls.selfThread()) & ~SCHED_RESET_ON_FORK;
        if (policy == SCHED_FIFO || policy == SCHED_RR) {
            ThreadCalls.policy(seed.pid(), SCHED_OTHER, 0);
        }
        if (SystemCalls.tryCall(SyscallNumber.PRCTL, PR_GET_TIMERSLACK) != USUAL_TIMER_SLACK) {
            seed.call("prctl PR_SET_TIMERSLACK", SyscallNumber.PRCTL, PR_SET_TIMERSLACK, USUAL_TIMER_SLACK);
        }
    }
}
