package dev.stasis.plugins.inotify;

import dev.stasis.linux.UnixPath;
import dev.stasis.linux.notify.EventMask;
import dev.stasis.linux.notify.InotifyEvent;
import dev.stasis.linux.notify.WatchDescriptor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A queue as the kernel keeps it, outside the kernel: what is read in pieces is put together as if it had never been read.
 * An event equal to the last one is merged into it; what does not fit is lost, and one mark says so. Pure.
 */
final class EventQueue {
    /** That events are missing. */
    static final InotifyEvent OVERFLOW =
            new InotifyEvent(WatchDescriptor.NONE, EventMask.OVERFLOW, 0, UnixPath.of(""));

    private int limit;
    private final List<InotifyEvent> events = new ArrayList<>();
    private final Set<WatchDescriptor> gone = new HashSet<>();
    private boolean overflowed;

    /** An empty one that takes {@code limit} events (fs.inotify.max_queued_events). */
    EventQueue(int limit) {
        this.limit = limit;
    }

    /** From now on it takes {@code most} events; those that are in it stay. */
    void limit(int most) {
        limit = most;
    }

    /** Adds {@code more}, as the kernel would. */
    void append(List<InotifyEvent> more) {
        for (int i = 0; i < more.size(); i++) {
            append(more.get(i));
        }
    }

    private void append(InotifyEvent event) {
        if (event.isIgnored()) {
            gone.add(event.watch());
        }
        if (event.isOverflow() || events.size() >= limit) {
            appendOverflow();
        } else if (events.isEmpty() || !merges(events.get(events.size() - 1), event)) {
            events.add(event);
        }
    }

    /** The watches of which an event that was appended says that they are gone. */
    Set<WatchDescriptor> gone() {
        return gone;
    }

    /** Whether events were lost. */
    boolean isOverflowed() {
        return overflowed;
    }

    /** Marks that events were lost; one mark is enough. */
    void appendOverflow() {
        if (!overflowed) {
            overflowed = true;
            events.add(OVERFLOW);
        }
    }

    private static boolean merges(InotifyEvent last, InotifyEvent next) {
        return !last.isIgnored() && last.mask().equals(next.mask()) && last.watch().equals(next.watch())
                && last.name().equals(next.name());
    }

    /** What is in it, in order. */
    List<InotifyEvent> events() {
        return events;
    }

    /** Loses all, and says so. */
    void replaceByOverflow() {
        events.clear();
        events.add(OVERFLOW);
        overflowed = true;
    }

    /**
     * How many events an instance must take for these.
     *
     * @param limit how many the one took that they were in; 0 when that is not known
     */
    int needed(int limit) {
        int size = events.size();
        int mark = events.indexOf(OVERFLOW);
        if (mark >= 0) {
            return mark == size - 1 ? mark : size;
        }
        return limit <= size ? size : size + 1;
    }

    /** Loses what is too much for an instance that takes {@code most} events, as one would have that took no more. */
    private void cut(int most) {
        while (needed(0) > most) {
            int last = events.size() - 1;
            boolean isMark = events.get(last).isOverflow();
            events.remove(isMark ? last - 1 : last);
            appendOverflow();
        }
    }

    /**
     * Makes it one that {@link QueueBuilder} can build for an instance that takes {@code most} events. What cannot be made to happen once more
     * is lost, and a queue that is full has no room for what building it needs: in both cases the mark says so.
     */
    void makeBuildable(int most) {
        limit = most;
        cut(most);
        boolean lost = false;
        for (int i = events.size() - 1; i >= 0; i--) {
            if (!EventKinds.canMake(events.get(i))) {
                events.remove(i);
                lost = true;
            }
        }
        if (lost || events.size() >= limit) {
            appendOverflow();
        }
    }

    boolean isEmpty() {
        return events.isEmpty();
    }

    /** How many bytes FIONREAD tells of it. */
    int size() {
        int size = 0;
        for (int i = 0; i < events.size(); i++) {
            size += events.get(i).size();
        }
        return size;
    }
}
