package dev.stasis.plugins.inotify;

import dev.stasis.linux.Fd;
import dev.stasis.linux.notify.InotifyCalls;
import dev.stasis.linux.notify.InotifyEvent;
import dev.stasis.linux.notify.WatchDescriptor;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The watches of a living instance, which go and come again while its queue is being built. */
final class LiveWatches {
    private final Fd instance;
    private final List<Watch> watches;
    private final OpenTargets targets;
    private final Map<WatchDescriptor, Integer> indexes = new HashMap<>();
    private final Set<WatchDescriptor> gone;
    /** Places of those that have seen something lately. */
    private final Set<Integer> expected = new LinkedHashSet<>();

    /**
     * The {@code watches}, by rising number, of {@code instance}.
     *
     * @param gone what these were on is gone, so they do not come again; may grow
     */
    LiveWatches(Fd instance, List<Watch> watches, OpenTargets targets, Set<WatchDescriptor> gone) {
        this.gone = gone;
        this.instance = instance;
        this.watches = watches;
        this.targets = targets;
        for (int i = 0; i < watches.size(); i++) {
            indexes.put(watches.get(i).mark().watch(), i);
        }
    }

    /** Takes all away. */
    void removeAll() {
        for (int i = 0; i < watches.size(); i++) {
            InotifyCalls.tryRemove(instance, watches.get(i).mark().watch());
        }
    }

    /** Adds all that were taken away. */
    void addAll() {
        int next = -1;
        for (int i = 0; i < watches.size(); i++) {
            next = add(i, next);
        }
        targets.leave();
    }

    /** From now on those that {@code events} are about count as expected; whether one of them did not before. */
    boolean expect(List<InotifyEvent> events) {
        boolean added = false;
        for (int i = 0; i < events.size(); i++) {
            Integer index = indexes.get(events.get(i).watch());
            added |= index != null && expected.add(index);
        }
        return added;
    }

    /** Takes away those that are expected to see something. */
    void removeExpected() {
        for (Integer index : expected) {
            InotifyCalls.tryRemove(instance, watches.get(index).mark().watch());
        }
    }

    /** Adds those again. */
    void addExpected() {
        for (Integer index : expected) {
            add(index, -1);
        }
        targets.leave();
    }

    /** Adds one, and returns the number that the next one then gets by itself. */
    private int add(int index, int next) {
        Watch watch = watches.get(index);
        if (gone.contains(watch.mark().watch())) {
            return next;
        }
        try (Fd target = targets.open(index)) {
            if (target == null) {
                return next;
            }
            Watches.add(instance, watch, target, next);
        }
        return watch.mark().watch().number() + 1;
    }
}
