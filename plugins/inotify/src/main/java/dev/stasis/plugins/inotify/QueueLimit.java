package dev.stasis.plugins.inotify;

import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.notify.InotifyCalls;
import dev.stasis.linux.notify.WatchDescriptor;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;

/**
 * How many events an instance takes: what sysctl fs.inotify.max_queued_events was when it was made, which may be another number
 * by now. Where that cannot be looked up it shows in the instance itself: it is filled up until it takes no more.
 */
final class QueueLimit {
    /** More than that takes the kernel hundreds of megabytes to fill up. */
    static final int MOST = 1 << 22;
    private static final int MARK = 16;
    private static final int TAKEN_AT_ONCE = 1 << 16;

    private QueueLimit() {}

    /** That of {@code instance}, which must be empty and watch nothing, and is so again then. */
    static int measure(Fd instance, WatchDescriptor unused, ScratchSpace space) {
        int wanted = Math.min(LiveQueue.limit(), MOST) / 2 * 2 + 2;
        int pending;
        try (Filler filler = Filler.create(instance, unused, space)) {
            filler.fill(wanted);
            pending = InotifyCalls.pending(instance);
            // The mark of an overflow may take as much room as the last event would: then the next turn tells.
            while (pending >= Filler.size(0, wanted, wanted) && wanted <= MOST) {
                wanted *= 2;
                filler.fill(wanted);
                pending = InotifyCalls.pending(instance);
            }
            filler.remove();
        }
        discard(instance);
        int limit = Filler.count(pending - MARK);
        if (limit > MOST) {
            throw tooHigh();
        }
        return limit;
    }

    /** Empties the queue of {@code instance}, which nobody else reads, without looking at what is in it. */
    static void discard(Fd instance) {
        NativeMemory memory = NativeMemory.allocate(TAKEN_AT_ONCE);
        int left = InotifyCalls.pending(instance);
        while (left > 0) {
            left -= InotifyCalls.read(instance, memory, TAKEN_AT_ONCE);
        }
    }

    /** That a queue that takes more than {@link #MOST} events is not rebuilt. */
    static StasisException tooHigh() {
        return new StasisException(new Problem(InotifyErrorCode.QUEUE_LIMIT_TOO_HIGH, "inotify instance",
                "to give it its waiting events it must be filled up once, and it takes more than " + MOST + " events",
                "set sysctl fs.inotify.max_queued_events to not more than " + MOST + " before it is made"));
    }
}
