package dev.stasis.endtoend;

import java.util.List;

/**
 * How a tree comes to be what it is: step by step, and then every task rests in one way or another. Tasks are meant by any number;
 * it is taken modulo how many there are.
 *
 * @param steps what happens, in this order
 * @param rests how the tasks rest that live in the end, the root first; those beyond wait
 */
record TreeShape(List<Step> steps, List<Rest> rests) {

    /** How a task rests. */
    enum Rest {
        WAITING,
        STOPPED,
        /** Its parent has read that, by wait4(2). */
        STOPPED_AND_READ
    }

    /** What a task does, or suffers. */
    sealed interface Step {
        /** Which task. */
        int who();
    }

    record Fork(int who) implements Step {}

    record StartThread(int who) implements Step {}

    record NewSession(int who) implements Step {}

    record NewGroup(int who) implements Step {}

    /** Fails, as it should, when the other is in another session. */
    record JoinGroup(int who, int other) implements Step {}

    record Exit(int who, int code) implements Step {}

    record Die(int who, int signal) implements Step {}

    /** Takes one zombie, if it has any. */
    record Reap(int who) implements Step {}
}
