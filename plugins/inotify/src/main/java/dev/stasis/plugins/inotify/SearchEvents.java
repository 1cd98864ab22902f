package dev.stasis.plugins.inotify;

import dev.stasis.linux.notify.EventMask;
import dev.stasis.linux.notify.InotifyEvent;
import dev.stasis.linux.notify.WatchDescriptor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the tool's own search left in a queue. Others may open and read the same directories meanwhile: what is more than the
 * search caused is theirs, and then nobody can tell whether there was still more that the kernel merged. Pure.
 */
final class SearchEvents implements OwnEvents {
    private static final EventMask OF_READING = EventMask.OPEN.with(EventMask.ACCESS).with(EventMask.CLOSE_NOWRITE);

    private final Map<WatchDescriptor, Watch> watches = new HashMap<>();
    private final Map<InotifyEvent, Integer> seen = new HashMap<>();
    private final OwnSearch search;
    private boolean ambiguous;

    /** Of {@code search}, as {@code watches} tell of it. */
    SearchEvents(List<Watch> watches, OwnSearch search) {
        for (int i = 0; i < watches.size(); i++) {
            this.watches.put(watches.get(i).mark().watch(), watches.get(i));
        }
        this.search = search;
    }

    @Override
    public boolean isOne(InotifyEvent event) {
        Watch watch = watches.get(event.watch());
        if (watch == null || !event.mask().has(EventMask.ISDIR) || !event.mask().hasAny(OF_READING)) {
            return false;
        }
        OwnSearch.Reading own = search.of(inode(watch), event.name());
        if (own == null) {
            // In a layer of an overlay: the search's, or another's who did the same.
            boolean isLayer = search.mayBeLayer(watch.mark().device());
            ambiguous |= isLayer;
            return isLayer;
        }
        int caused = event.mask().has(EventMask.ACCESS) ? own.reads() : own.opens();
        Integer before = seen.get(event);
        int count = before == null ? 1 : before + 1;
        seen.put(event, count);
        boolean isOne = count <= caused;
        ambiguous |= !isOne || seesOneKind(watch);
        return isOne;
    }

    private static long inode(Watch watch) {
        return watch.target().inode() == null ? watch.mark().inode() : watch.target().inode().number();
    }

    /** An event of another between two of one kind keeps them apart; where there is but one kind, the kernel merges them. */
    private static boolean seesOneKind(Watch watch) {
        return Integer.bitCount(watch.mark().mask().bits() & OF_READING.bits()) == 1;
    }

    /** Whether others may have done the same, so that events of theirs may be missing. */
    boolean isAmbiguous() {
        return ambiguous;
    }
}
