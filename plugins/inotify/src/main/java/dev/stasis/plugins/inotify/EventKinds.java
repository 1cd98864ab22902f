package dev.stasis.plugins.inotify;

import dev.stasis.linux.notify.EventMask;
import dev.stasis.linux.notify.InotifyEvent;
import java.util.List;

/** The kinds of events, by how they are made to happen. Pure. */
final class EventKinds {
    private static final int MOVED = EventMask.MOVED_FROM.bits() | EventMask.MOVED_TO.bits();
    private static final int OF_FILES = EventMask.MODIFY.bits() | EventMask.CLOSE_WRITE.bits();
    static final int OF_ENTRIES = MOVED | EventMask.CREATE.bits() | EventMask.DELETE.bits();
    static final int OF_SELF = EventMask.DELETE_SELF.bits() | EventMask.MOVE_SELF.bits() | EventMask.UNMOUNT.bits()
            | EventMask.IGNORED.bits();
    private static final int OF_ANY = EventMask.ACCESS.bits() | EventMask.ATTRIB.bits() | EventMask.CLOSE_NOWRITE.bits()
            | EventMask.OPEN.bits();
    private static final int LONGEST_NAME = 255;

    private EventKinds() {}

    /** Whether an {@link EventMaker} knows how to make {@code event}. */
    static boolean canMake(InotifyEvent event) {
        int what = event.mask().without(EventMask.ISDIR).bits();
        boolean directory = event.mask().has(EventMask.ISDIR);
        boolean named = event.name().length() > 0;
        if (event.isOverflow()) {
            return true;
        }
        if (Integer.bitCount(what) != 1 || event.name().length() > LONGEST_NAME || event.watch().number() <= 0) {
            return false;
        }
        return (what & OF_ANY) != 0 || (what & OF_FILES) != 0 && !directory || (what & OF_ENTRIES) != 0 && named
                || (what & OF_SELF) != 0 && !named;
    }

    /** Whether one knows how to make all of {@code events}, none of them an overflow. */
    static boolean canMakeAll(List<InotifyEvent> events) {
        for (int i = 0; i < events.size(); i++) {
            if (events.get(i).isOverflow() || !canMake(events.get(i))) {
                return false;
            }
        }
        return true;
    }
}
