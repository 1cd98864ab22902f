package dev.stasis.plugins.inotify;

import dev.stasis.linux.Fd;
import dev.stasis.linux.notify.EventMask;
import dev.stasis.linux.notify.InotifyCalls;
import dev.stasis.linux.notify.InotifyEvent;
import dev.stasis.linux.notify.WatchDescriptor;
import dev.stasis.spi.OpenFile;
import java.util.ArrayList;
import java.util.List;

/** A living instance of a frozen tree: its watches, and what was taken out of its queue. */
final class DumpedInstance {
    private final OpenFile file;
    private final Fd descriptor;
    private final EventQueue queue;
    private KnownWatches known;
    private List<Watch> watches = List.of();
    private WatchDescriptor next;

    DumpedInstance(OpenFile file, Fd descriptor, int limit) {
        this.file = file;
        this.descriptor = descriptor;
        this.queue = new EventQueue(limit);
    }

    OpenFile file() {
        return file;
    }

    Fd descriptor() {
        return descriptor;
    }

    /** What was taken so far. */
    EventQueue queue() {
        return queue;
    }

    List<Watch> watches() {
        return watches;
    }

    /** These were there when the queue had been emptied; what ends later is told by what comes later. */
    void watches(KnownWatches found, List<OpenFile> files) {
        known = found;
        watches = found.watches(files);
        queue.gone().clear();
    }

    /** The bytes of {@link #watches} in the image. */
    byte[] encodedWatches() {
        return known.encoded(file.id());
    }

    /** The watches that have not ended since. */
    List<Watch> lasting() {
        if (queue.gone().isEmpty()) {
            return watches;
        }
        List<Watch> lasting = new ArrayList<>(watches.size());
        for (int i = 0; i < watches.size(); i++) {
            if (!queue.gone().contains(watches.get(i).mark().watch())) {
                lasting.add(watches.get(i));
            }
        }
        return lasting;
    }

    /** The number that the next watch gets. */
    WatchDescriptor next() {
        return next;
    }

    /** Takes what waits; all of it belongs to the program. */
    void take() {
        queue.append(LiveQueue.drain(descriptor));
    }

    /** Takes what waits but what {@code search} left; where that cannot be told apart, marks that events are missing. */
    void takeAfterSearch(OwnSearch search) {
        SearchEvents own = new SearchEvents(watches, search);
        List<InotifyEvent> others = new ArrayList<>();
        for (InotifyEvent event : LiveQueue.drain(descriptor)) {
            if (!own.isOne(event)) {
                others.add(event);
            }
        }
        queue.append(others);
        if (own.isAmbiguous()) {
            queue.appendOverflow();
        }
    }

    /** Takes what waits but what the tool itself did to {@code files}; where that cannot be told apart, marks that events are missing. */
    void takeWhatOthersDid(List<OpenFile> files) {
        List<InotifyEvent> waiting = LiveQueue.drain(descriptor);
        if (waiting.isEmpty()) {
            return;
        }
        OwnReads own = new OwnReads(watches, files);
        List<InotifyEvent> others = new ArrayList<>(waiting.size());
        for (int i = 0; i < waiting.size(); i++) {
            if (!own.isOne(waiting.get(i))) {
                others.add(waiting.get(i));
            }
        }
        queue.append(others);
        if (own.isAmbiguous()) {
            queue.appendOverflow();
        }
    }

    /**
     * Finds out the number that the next watch gets: makes one, on {@code probe}, and takes it away. The queue must have been
     * emptied; what came meanwhile is kept.
     */
    void findNext(Fd probe) {
        WatchDescriptor got = InotifyCalls.watch(descriptor, probe, EventMask.DELETE_SELF);
        InotifyCalls.tryRemove(descriptor, got);
        InotifyCalls.next(descriptor, got);
        next = got;
        List<InotifyEvent> others = new ArrayList<>();
        for (InotifyEvent event : LiveQueue.drain(descriptor)) {
            if (!event.watch().equals(got)) {
                others.add(event);
            }
        }
        queue.append(others);
    }
}
