package dev.stasis.plugins.inotify;

import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.notify.EventMask;
import dev.stasis.linux.notify.InotifyCalls;
import dev.stasis.linux.notify.InotifyEvent;
import dev.stasis.linux.notify.QueuePeek;
import dev.stasis.linux.notify.WatchDescriptor;
import dev.stasis.spi.OpenFile;
import java.util.ArrayList;
import java.util.List;

/** A living instance of a frozen tree: its watches, and what is in its queue, or was until it was taken out. */
final class DumpedInstance {
    private final OpenFile file;
    private final Fd descriptor;
    private final EventQueue queue;
    private final QueueSight sight;
    /** What was seen of the queue while nothing was taken out of it; null before. */
    private QueuePeek.Look look;
    private int seenInPlace;
    private boolean emptied;
    private boolean disturbed;
    /** The name in the last event that was seen, if it was the tool's own. */
    private UnixPath ownAtEnd;
    private KnownWatches known;
    private List<Watch> watches = List.of();
    private WatchDescriptor next;
    private int limit = -1;

    DumpedInstance(OpenFile file, Fd descriptor, QueueSight sight) {
        this.file = file;
        this.descriptor = descriptor;
        this.sight = sight;
        this.queue = new EventQueue(Integer.MAX_VALUE);
    }

    OpenFile file() {
        return file;
    }

    Fd descriptor() {
        return descriptor;
    }

    /** What is known of it so far. */
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

    /** Learns what waits; all of it belongs to the program. */
    void look() {
        List<InotifyEvent> waiting = news();
        if (limit < 0) {
            limit = emptied ? 0 : sight.limit(descriptor);
            // It takes at least as many as were in it. Should it take more than is known, an overflow tells of those.
            queue.limit(limit > 0 ? limit : Math.max(waiting.size(), LiveQueue.limit()));
        }
        queue.append(waiting);
    }

    QueueSight sight() {
        return sight;
    }

    /** How many events it takes; 0 when that is not known. */
    int limit() {
        return limit;
    }

    /** What came since this was called last. It stays where it is if that can be seen without taking it out. */
    private List<InotifyEvent> news() {
        QueuePeek.Look now = emptied ? null : sight.look(descriptor, look);
        if (now == null) {
            return taken();
        }
        look = now;
        seenInPlace += now.events().size();
        return now.events();
    }

    /** Empties the queue; what came since {@link #news} was called last. */
    private List<InotifyEvent> taken() {
        List<InotifyEvent> all = LiveQueue.drain(descriptor);
        int known = emptied ? 0 : seenInPlace;
        emptied = true;
        return all.subList(Math.min(known, all.size()), all.size());
    }

    /**
     * Takes out all that waits if something in it is not the program's own; whether there is something to be given back then,
     * which is all of {@link #queue}.
     *
     * <p>The last event that was seen may have been the tool's own. The kernel merged the same of others into it, if that came
     * next, and nothing shows it but that they did something to one of {@code namesakes}.
     */
    boolean isToGiveBack(Namesakes namesakes) {
        if (!emptied && disturbed) {
            queue.append(taken());
            if (ownAtEnd != null && namesakes.touched().contains(ownAtEnd)) {
                queue.appendOverflow();
            }
        }
        return emptied && !queue.isEmpty();
    }

    /** Learns what waits but what {@code search} left; where that cannot be told apart, marks that events are missing. */
    void lookAfterSearch(OwnSearch search) {
        SearchEvents own = new SearchEvents(watches, search);
        appendOthers(news(), own);
        if (own.isAmbiguous()) {
            queue.appendOverflow();
        }
    }

    /**
     * Learns what waits but what the tool itself did to {@code files}, read {@code ghosts} among them; where that cannot be told from what others did to their
     * {@code namesakes}, marks that events are missing.
     */
    void lookAtWhatOthersDid(List<OpenFile> files, Namesakes namesakes, ReadGhosts ghosts) {
        List<InotifyEvent> waiting = news();
        if (waiting.isEmpty()) {
            return;
        }
        OwnReads own = new OwnReads(watches, files, ghosts);
        List<InotifyEvent> others = appendOthers(waiting, own);
        InotifyEvent last = waiting.get(waiting.size() - 1);
        ownAtEnd = others.isEmpty() || others.get(others.size() - 1) != last ? last.name() : null;
        if (own.isAmbiguous(namesakes.touched())) {
            queue.appendOverflow();
        }
    }

    /** Learns of those of {@code waiting} that are not {@code own}, which it returns. */
    private List<InotifyEvent> appendOthers(List<InotifyEvent> waiting, OwnEvents own) {
        List<InotifyEvent> others = new ArrayList<>(waiting.size());
        for (int i = 0; i < waiting.size(); i++) {
            if (!own.isOne(waiting.get(i))) {
                others.add(waiting.get(i));
            }
        }
        disturbed |= others.size() < waiting.size();
        queue.append(others);
        return others;
    }

    /**
     * Finds out the number that the next watch gets. Where that cannot be seen it makes one, on {@code probe}, and takes it away;
     * the queue was emptied then, and what came meanwhile is kept.
     */
    void findNext(Fd probe) {
        if (!emptied) {
            next = look.next();
            return;
        }
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
