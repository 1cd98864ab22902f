package dev.stasis.plugins.inotify;

import dev.stasis.linux.notify.InotifyEvent;
import dev.stasis.linux.notify.WatchDescriptor;
import java.util.Arrays;
import java.util.List;

/** Numbers of watches that neither a watch has nor an event tells of. Pure. */
final class FreeNumbers {
    private FreeNumbers() {}

    /** One that is free, as the one behind it is: behind all others, or in the first gap when those go up to the highest there is. */
    static WatchDescriptor two(List<Watch> watches, List<InotifyEvent> events) {
        int[] taken = new int[watches.size() + events.size()];
        for (int i = 0; i < watches.size(); i++) {
            taken[i] = watches.get(i).mark().watch().number();
        }
        for (int i = 0; i < events.size(); i++) {
            taken[watches.size() + i] = events.get(i).watch().number();
        }
        return new WatchDescriptor(two(taken));
    }

    /** The first of two numbers that are not among {@code taken}, which is sorted. */
    static int two(int[] taken) {
        Arrays.sort(taken);
        int highest = taken.length == 0 ? 0 : Math.max(taken[taken.length - 1], 0);
        if (highest <= Integer.MAX_VALUE - 2) {
            return highest + 1;
        }
        int free = 1;
        for (int i = 0; i < taken.length && taken[i] < free + 2; i++) {
            free = Math.max(free, taken[i] + 1);
        }
        return free;
    }
}
