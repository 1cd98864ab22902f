package dev.stasis.plugins.inotify;

import dev.stasis.linux.notify.EventMask;
import dev.stasis.linux.notify.InotifyEvent;
import dev.stasis.linux.notify.WatchDescriptor;
import java.util.List;
import java.util.Set;

/** Events that come in twos: of a rename, of an object's end, of a watch for one event. A look may fall between them. Pure. */
final class Halves {
    private static final EventMask ENDS = EventMask.DELETE_SELF.with(EventMask.UNMOUNT);

    private Halves() {}

    /**
     * Whether what follows the last of {@code events} may still be on its way.
     *
     * @param once the watches that end with their first event
     */
    static boolean isOneMissing(List<InotifyEvent> events, Set<WatchDescriptor> once) {
        if (events.isEmpty()) {
            return false;
        }
        InotifyEvent last = events.get(events.size() - 1);
        return last.mask().has(EventMask.MOVED_FROM) || last.mask().hasAny(ENDS)
                || once.contains(last.watch()) && !last.isIgnored();
    }
}
