package dev.stasis.plugins.inotify;

import dev.stasis.linux.DeviceNumber;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.RemoteFd;
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
import java.util.Optional;
import java.util.Set;

/**
 * The watches of instances, and what they are on. What was found while the tree still ran is taken over when the kernel shows
 * the same watches again, so that finding paths costs no frozen time. The file of /proc that tells of many watches is held
 * open meanwhile: the kernel makes room for all of them only the first time, which takes as long as the reading itself.
 */
final class WatchLists {
    private static final int LONG = 1 << 12;
    private static final Comparator<InotifyMark> BY_NUMBER = new Comparator<InotifyMark>() {
        @Override
        public int compare(InotifyMark one, InotifyMark other) {
            return Integer.compare(one.watch().number(), other.watch().number());
        }
    };

    private final Map<Holder, KnownWatches> known = new HashMap<>();

    /** Whether the instance of {@code descriptor} has more than some thirty watches. */
    static boolean isLong(RemoteFd descriptor) {
        Optional<byte[]> info = ProcFile.tryRead(descriptor.task(), "fdinfo/" + descriptor.number());
        return info.isPresent() && info.get().length >= LONG;
    }

    /** Whether something is known of {@code file}. */
    boolean knows(OpenFile file) {
        return known.containsKey(holder(file));
    }

    /**
     * The watches of {@code file}, by rising number.
     *
     * @param descriptors of {@code files} and {@code file}
     * @param sight looks at the very inodes; null when none is
     * @param search what is not found otherwise is searched for, and that is noted there; null when it is not
     */
    KnownWatches of(OpenFile file, List<OpenFile> files, Descriptors descriptors, MarkSight sight, OwnSearch search) {
        Holder holder = holder(file);
        KnownWatches before = known.get(holder);
        Fd held = before == null ? null : before.infoFile();
        Fd infoFile = held == null ? open(holder) : held;
        byte[] info;
        try {
            info = ProcFile.readAll(infoFile);
        } catch (KernelException e) {
            infoFile.close();
            if (held == null) {
                throw e;
            }
            known.remove(holder); // it was another process that had the number
            return of(file, files, descriptors, sight, search);
        }
        if (before != null && Arrays.equals(before.info(), info) && !before.hasAliases()) {
            if (held == null) {
                infoFile.close();
            }
            if (sight == null || !isAnyLost(before.watches(files))) {
                return before;
            }
            infoFile = held;
        }
        if (infoFile != null && info.length < LONG) {
            infoFile.close();
            infoFile = null;
        }
        List<InotifyMark> marks = InotifyMark.parse(info);
        KnownWatches now;
        WatchedInodes inodes = new WatchedInodes(descriptors.of(file), sight, true);
        try (TargetFinder finder = new TargetFinder(files, descriptors, inodes, search)) {
            now = new KnownWatches(infoFile, info, find(marks, finder), finder.sawAliases());
        }
        known.put(holder, now);
        return now;
    }

    private static Holder holder(OpenFile file) {
        for (int i = 0; i < file.holders().size(); i++) {
            if (file.holders().get(i) instanceof Holder.Descriptor) {
                return file.holders().get(i);
            }
        }
        throw new IllegalArgumentException(file + " has no descriptor");
    }

    private static Fd open(Holder holder) {
        UnixPath path = ProcFile.path(holder.task(), "fdinfo/" + ((Holder.Descriptor) holder).number());
        return FileCalls.open(path, OpenFlags.RDONLY, 0);
    }

    static boolean isAnyLost(List<Watch> watches) {
        for (int i = 0; i < watches.size(); i++) {
            if (!watches.get(i).target().found()) {
                return true;
            }
        }
        return false;
    }

    private static List<Watch> find(List<InotifyMark> marks, TargetFinder finder) {
        Collections.sort(marks, BY_NUMBER);
        WatchTarget[] targets = new WatchTarget[marks.size()];
        Set<DeviceNumber> done = new HashSet<>();
        for (int i = 0; i < targets.length; i++) {
            if (done.add(marks.get(i).device())) {
                finder.find(marks, marks.get(i).device(), targets);
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
        for (KnownWatches watches : known.values()) {
            watches.close();
        }
        known.clear();
    }
}
