package dev.stasis.plugins.timerfds;

import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.OpenFileId;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * How the timers of a tree stand that stands still. Time goes on meanwhile: what counts is how they stood at the first look, for the tree
 * has seen nothing of the time since.
 *
 * <p>Between the moment at which a timer is due and that at which the kernel has noted that it expired, some microseconds (more when the
 * processor that has to do it is busy), it looks like one that is off. So one that seems off is looked at twice.
 */
final class LiveTimers {
    /** In nanoseconds, from the first to the second look. */
    private static final long NOTED_BY_THEN = 2_000_000;

    /**
     * A look at a timer.
     *
     * @param state how it stood
     * @param expires when it was to expire by its clock, of one for a time of the day; never too early, by some microseconds too late
     * @param seen when that was, by {@link System#nanoTime}
     */
    record Look(TimerState state, long expires, long seen) {}

    private final Map<OpenFileId, Look> looks = new HashMap<>();
    /** All contexts of one dump have the same. */
    private List<OpenFile> files;

    /** Looks at {@code file} for the first time in this dump, changing nothing. */
    Look first(OpenFile file, ClaimContext context) {
        if (files != context.files()) {
            looks.clear();
            files = context.files();
        }
        Look known = looks.get(file.id());
        if (known == null) {
            known = look(file, context);
            looks.put(file.id(), known);
        }
        return known;
    }

    /** How {@code file} stood at the first look, after a second one where that could not tell. */
    Look sure(OpenFile file, ClaimContext context) {
        Look first = first(file, context);
        if (first.state().seemsOff()) {
            awaitNote(first.seen());
            first = look(file, context);
        }
        if (first.state().isBehind()) {
            TimerCalls.catchUp(context.descriptor(file));
            first = look(file, context);
        }
        return first;
    }

    private static void awaitNote(long seen) {
        long left = seen + NOTED_BY_THEN - System.nanoTime();
        while (left > 0) {
            LockSupport.parkNanos(left);
            left = seen + NOTED_BY_THEN - System.nanoTime();
        }
    }

    private static Look look(OpenFile file, ClaimContext context) {
        Optional<TimerState> state = TimerState.parse(InfoFile.lines(file, context));
        if (state.isEmpty()) {
            throw new StasisException(new Problem(TimerfdsErrorCode.TIMER_NOT_SHOWN, file.toString(),
                    "its fdinfo file does not show how the timer is set", ""));
        }
        long left = state.get().left();
        // The clock last: so the time is not too early.
        long expires = state.get().isForTimeOfDay() && left != 0 ? sum(TimerCalls.now(TimerCalls.REALTIME), left) : 0;
        return new Look(state.get(), expires, System.nanoTime());
    }

    /** Of two times that are not negative; as late as the kernel can say when it is beyond that. */
    static long sum(long one, long other) {
        long sum = one + other;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }
}
