package dev.stasis.plugins.inotify;

import dev.stasis.linux.notify.EventMask;
import dev.stasis.linux.notify.InotifyEvent;
import dev.stasis.linux.notify.WatchDescriptor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What must stand in for the watched object of each event, as the events that follow for the same watch tell. Pure. */
final class StandIns {
    private static final int DIRECTORY = 1;
    private static final int MOUNTED = 2;

    private final int[] needs;

    private StandIns(int[] needs) {
        this.needs = needs;
    }

    static StandIns of(List<InotifyEvent> events) {
        int[] needs = new int[events.size()];
        Map<WatchDescriptor, Integer> later = new HashMap<>();
        for (int i = events.size() - 1; i >= 0; i--) {
            InotifyEvent event = events.get(i);
            Integer known = event.isIgnored() ? null : later.get(event.watch());
            int need = known == null ? 0 : known;
            if (event.name().length() > 0 || event.mask().has(EventMask.ISDIR)) {
                need |= DIRECTORY;
            }
            if (event.mask().has(EventMask.UNMOUNT)) {
                need |= MOUNTED;
            }
            needs[i] = need;
            later.put(event.watch(), need);
        }
        return new StandIns(needs);
    }

    /** Whether it must be a directory. */
    boolean isDirectory(int index) {
        return (needs[index] & DIRECTORY) != 0;
    }

    /** Whether it must be on a mount that can be taken away. */
    boolean isMounted(int index) {
        return (needs[index] & MOUNTED) != 0;
    }
}
