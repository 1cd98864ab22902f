package dev.stasis.plugins.inotify;

import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.notify.InotifyCalls;
import dev.stasis.linux.notify.InotifyEvent;
import dev.stasis.linux.notify.WatchDescriptor;
import java.util.ArrayList;
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
 *
 * <p>Between the last two more can be appended, as often as there is need; and watches can be added and removed, and what
 * they see is dropped.
 */
final class QueueBuilder implements AutoCloseable {
    private static final int MOST_TAKEN = 1 << 16;

    private final Fd instance;
    private final int limit;
    private final ScratchSpace space;
    private final QueueSight sight;
    /** What was made, in the order in which it was. */
    private final List<InotifyEvent> made = new ArrayList<>();
    /** Ready before it is needed: what happens between the last look at others and reading is missed. */
    private final NativeMemory taken;
    /** How many events only fill up, or did, at the head. */
    private int filled;
    /** How many of them are still there. */
    private int fillers;
    /** Whether the mark stands behind them that only says that the queue was filled up. */
    private boolean markToTake;
    /** The mark comes in addition to as many events as fit, so the first event that is appended takes the room of two. */
    private boolean overfull;
    /** Null before and behind filling up. */
    private Filler filler;

    /**
     * Will build the queue of {@code instance}, which takes {@code limit} events, must be empty and watch nothing; {@code sight} looks at
     * what came of it.
     */
    QueueBuilder(Fd instance, int limit, ScratchSpace space, QueueSight sight) {
        if (limit > QueueLimit.MOST) {
            throw QueueLimit.tooHigh();
        }
        this.instance = instance;
        this.limit = limit;
        this.space = space;
        this.sight = sight;
        this.taken = NativeMemory.allocate((int) Math.min(limit * 32L + 64, MOST_TAKEN));
    }

    /**
     * Fills the queue up as far as that can be done while it is not yet known whether a mark will stand behind {@code count} events, which
     * are what {@link #fill} will be given.
     */
    void prepare(int count, WatchDescriptor unused) {
        filler = Filler.create(instance, unused, space);
        filler.fill(Math.max(limit - count, 0) & -2);
    }

    /**
     * Fills the queue up, at its end {@code events}.
     *
     * @param events in order, not more than fit
     * @param unused the number of no watch, for filling up, like the one behind it
     */
    void fill(List<InotifyEvent> events, WatchDescriptor unused) {
        int mark = mark(events);
        int before = Math.max(mark, 0);
        try {
            filler = filler == null ? Filler.create(instance, unused, space) : filler;
            filler.fill(limit - before);
            make(events.subList(0, before));
        } finally {
            close();
        }
        filled = limit - before;
        fillers = filled;
        markToTake = mark < 0;
        if (!markToTake) {
            made.add(EventQueue.OVERFLOW);
        }
        overfull = true;
        append(events.subList(mark + 1, events.size()));
    }

    /** Makes {@code events} and one more, which leaves the mark: whatever the end of watches would add does not fit. */
    private void make(List<InotifyEvent> events) {
        try (EventMaker maker = new EventMaker(instance, space, events.size())) {
            make(maker, events);
            filler.overflow();
            maker.unwatchAll();
        }
        filler.remove();
    }

    /** Whether {@link #append} has room for {@code count} more events. */
    boolean hasRoomFor(int count) {
        return count + (overfull ? 1 : 0) <= fillers;
    }

    /** Adds {@code events}, none of them a mark, to a queue that was filled up. None of their watches may be there. */
    void append(List<InotifyEvent> events) {
        if (events.isEmpty()) {
            return;
        }
        int room = events.size() + (overfull ? 1 : 0);
        take(room);
        fillers -= room;
        overfull = false;
        try (EventMaker maker = new EventMaker(instance, space, events.size())) {
            make(maker, events);
            maker.unwatchAll();
        }
    }

    private void make(EventMaker maker, List<InotifyEvent> events) {
        made.addAll(maker.make(events, made.size()));
    }

    /** Takes out what only fills up, beside which watches may be added: only what is wanted is in the queue, and what watches see comes behind it. */
    void open() {
        take(fillers + (markToTake ? 1 : 0));
        fillers = 0;
        markToTake = false;
    }

    /** Takes {@code count} events from the head, of which the first ones only fill up. */
    private void take(int count) {
        int from = filled - fillers;
        Filler.take(instance, Filler.size(from, from + count, filled), taken);
    }

    private static int mark(List<InotifyEvent> events) {
        for (int i = 0; i < events.size(); i++) {
            if (events.get(i).isOverflow()) {
                return i;
            }
        }
        return -1;
    }

    /**
     * Whether the queue ends with just what was to be made, behind all that fills it up, and has room for no more: as far as its length tells,
     * and event for event where it can be looked into. Nobody may add events meanwhile.
     */
    boolean isAsWanted() {
        int size = Filler.size(filled - fillers, filled + (markToTake ? 1 : 0), filled);
        for (int i = 0; i < made.size(); i++) {
            size += made.get(i).size();
        }
        return InotifyCalls.pending(instance) == size && sight.endsWith(instance, made);
    }

    /** Closes what filling up takes, which is done mostly. */
    @Override
    public void close() {
        if (filler != null) {
            filler.close();
            filler = null;
        }
    }
}
