package dev.stasis.plugins.timerfds;

import dev.stasis.linux.Fd;

/** Sets a timer as an image says, with the expirations that were not read. */
final class Arming {

    private Arming() {}

    /**
     * Sets {@code timer}, which is off, as {@code entry} says. What was left is left again; only a timer for a time of the day expires then,
     * and at once when that has passed: how often it has by then the kernel counts itself.
     */
    static void arm(Fd timer, TimerEntry entry) {
        TimerState state = entry.state();
        if (state.ticks() == 0) {
            set(timer, entry);
        } else if (state.left() == 0) {
            set(timer, entry);
            TimerCalls.ticks(timer, state.ticks());
        } else {
            armWithTicks(timer, entry);
        }
    }

    /**
     * The kernel sets the count of expirations, it does not add to it. So one that comes between both calls would be lost: then
     * 1 it is due by the clock when both calls are made; 2 the timer is set anew, and its expiry awaited; 3 nothing more is
     * counted from there on, until somebody reads it or asks; 4 the count is set to one more.
     */
    private static void armWithTicks(Fd timer, TimerEntry entry) {
        TimerState state = entry.state();
        long due = set(timer, entry);
        TimerCalls.ticks(timer, state.ticks());
        if (TimerCalls.now(state.clock()) >= due) {
            set(timer, entry);
            TimerCalls.awaitExpiry(timer);
            TimerCalls.ticks(timer, state.ticks() + 1);
        }
    }

    /** Returns when it is due by its clock, at the earliest. */
    private static long set(Fd timer, TimerEntry entry) {
        TimerState state = entry.state();
        boolean absolute = (state.flags() & TimerState.ABSTIME) != 0 && state.left() != 0;
        long due = absolute && entry.expires().isPresent() ? entry.expires().getAsLong()
                : LiveTimers.sum(TimerCalls.now(state.clock()), state.left());
        TimerCalls.set(timer, state.flags(), absolute ? due : state.left(), state.interval());
        return due;
    }
}
