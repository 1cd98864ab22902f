package dev.stasis.plugins.inotify;

import dev.stasis.linux.DeviceNumber;
import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.proc.InotifyMark;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.spi.Holder;
import dev.stasis.spi.OpenFile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The watches of instances, and what they are on. What was found while the tree still ran is taken over when the kernel shows
 * the same watches again, so that finding paths costs no frozen time.
 */
final class WatchLists {
    private static final Comparator<InotifyMark> BY_NUMBER = new Comparator<InotifyMark>() {
        @Override
        public int compare(InotifyMark one, InotifyMark other) {
            return Integer.compare(one.watch().number(), other.watch().number());
        }
    };

    private record Known(byte[] info, List<Watch> watches) {}

    private final Map<Holder, Known> known = new HashMap<>();

    /**
     * The watches of {@code file}, by rising number.
     *
     * @param descriptor of it in this process
     * @param search whether what is not found otherwise is searched for
     */
    List<Watch> of(OpenFile file, Fd descriptor, List<OpenFile> files, boolean search) {
        byte[] info = info(descriptor);
        Known before = known.get(file.holders().get(0));
        if (before != null && Arrays.equals(before.info, info) && !(search && isAnyLost(before.watches))) {
            return before.watches;
        }
        List<Watch> watches = find(InotifyMark.parse(info), files, search);
        known.put(file.holders().get(0), new Known(info, watches));
        return watches;
    }

    static boolean isAnyLost(List<Watch> watches) {
        for (int i = 0; i < watches.size(); i++) {
            if (!watches.get(i).target().found()) {
                return true;
            }
        }
        return false;
    }

    private static byte[] info(Fd descriptor) {
        try (Fd info = FileCalls.open(UnixPath.of("/proc/self/fdinfo/" + descriptor.number()), OpenFlags.RDONLY, 0)) {
            return ProcFile.readAll(info);
        }
    }

    private static List<Watch> find(List<InotifyMark> marks, List<OpenFile> files, boolean search) {
        Collections.sort(marks, BY_NUMBER);
        WatchTarget[] targets = new WatchTarget[marks.size()];
        Set<DeviceNumber> done = new HashSet<>();
        try (TargetFinder finder = new TargetFinder(files, search)) {
            for (int i = 0; i < targets.length; i++) {
                if (done.add(marks.get(i).device())) {
                    finder.find(marks, marks.get(i).device(), targets);
                }
            }
        }
        List<Watch> watches = new ArrayList<>(targets.length);
        for (int i = 0; i < targets.length; i++) {
            watches.add(new Watch(marks.get(i), targets[i]));
        }
        return watches;
    }

    /** Forgets all. */
    void clear() {
        known.clear();
    }
}
