package dev.stasis.plugins.inotify;

import dev.stasis.linux.Fd;
import dev.stasis.linux.notify.InotifyCalls;
import dev.stasis.linux.notify.InotifyEvent;
import dev.stasis.linux.notify.WatchDescriptor;
import java.util.List;

/**
 * Puts events into a queue, although the kernel has no call for that: they are made to happen once more, and what else that
 * puts into the queue is hidden.
 *
 * <p>It is hidden by what the kernel does when a queue is full: the first event that does not fit leaves the mark of an
 * overflow, and all others are dropped without a trace. So for events E1..En of which those from k on stand behind the mark
 * (k is 0 when there is no mark; then it is taken out last):
 * <ol>
 * <li>max - k events to fill up, E1..Ek, one more: [F.., E1..Ek, OVERFLOW].
 * <li>Enough of the first are read, and the rest is made: [F.., E1..Ek, OVERFLOW, Ek+1..En], exactly full.
 * <li>The watches of all stand-ins are removed; their IN_IGNORED are dropped.
 * <li>What fills up is read, and the mark too if there was none.
 * </ol>
 */
final class QueueBuilder {
    private final Fd instance;
    private final int limit;
    private final ScratchSpace space;

    /** Will build the queue of {@code instance}, which takes {@code limit} events and must be empty. */
    QueueBuilder(Fd instance, int limit, ScratchSpace space) {
        this.instance = instance;
        this.limit = limit;
        this.space = space;
    }

    /**
     * Builds it. Watches that have events must be gone already or be taken away by {@code whenFull}, which is called when the
     * queue is full.
     *
     * @param events in order, not more than fit
     * @param unused the number of no watch, for filling up
     */
    void build(List<InotifyEvent> events, WatchDescriptor unused, Runnable whenFull) {
        int mark = mark(events);
        List<InotifyEvent> before = mark < 0 ? List.of() : events.subList(0, mark);
        List<InotifyEvent> after = events.subList(mark + 1, events.size());
        try (Filler filler = Filler.create(instance, unused, space); EventMaker maker = new EventMaker(instance, space)) {
            if (before.isEmpty()) {
                fillUp(filler, whenFull);
            } else {
                fillUp(filler, maker, before, whenFull);
            }
            int freed = after.isEmpty() ? 0 : after.size() + 1;
            filler.take(freed);
            maker.make(after);
            maker.unwatchAll();
            filler.remove();
            filler.take(limit - before.size() - freed + (mark < 0 ? 1 : 0));
        }
    }

    private void fillUp(Filler filler, Runnable whenFull) {
        filler.fill(limit + 1);
        whenFull.run();
    }

    /** The watches must go before their stand-ins come; so the queue is filled up twice. */
    private void fillUp(Filler filler, EventMaker maker, List<InotifyEvent> before, Runnable whenFull) {
        if (whenFull != NOTHING) {
            filler.fill(limit + 1);
            whenFull.run();
            filler.take(limit + 1);
        }
        filler.fill(limit - before.size());
        maker.make(before);
        filler.fill(1);
    }

    /** For a queue whose watches are gone already. */
    static final Runnable NOTHING = new Runnable() {
        @Override
        public void run() {
            // nothing is in the way
        }
    };

    private static int mark(List<InotifyEvent> events) {
        for (int i = 0; i < events.size(); i++) {
            if (events.get(i).isOverflow()) {
                return i;
            }
        }
        return -1;
    }

    /** Whether the queue is as long as {@code events} are. */
    boolean holds(EventQueue events) {
        return InotifyCalls.pending(instance) == events.size();
    }
}
