package dev.stasis.host.files;

import dev.stasis.linux.KernelException;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.proc.DescriptorSearch.Found;
import dev.stasis.linux.process.ProcessCalls;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds out which descriptors of others are open files of a tree where the names that /proc shows do not tell, since all files of a
 * kind have one: {@code anon_inode:[eventfd]} and the like. Those of others are put into the order of kcmp(2), and those of the
 * tree looked up there: n of the tree and m of others cost (n + m) log m comparisons, and none where there are no others.
 */
final class SameFiles {

    /** Descriptors of others with one name: in kcmp's order, the ones of one open file together, and those that could not be compared. */
    private static final class Others {
        private final List<List<Found>> sorted = new ArrayList<>();
        private final List<List<Found>> loose = new ArrayList<>(0);
    }

    private final Map<UnixPath, Others> byName = new HashMap<>();

    private SameFiles() {}

    /** Whether all files of a kind are shown under the same name as {@code link}. */
    static boolean isNameOfMany(UnixPath link) {
        return link.startsWith("anon_inode:");
    }

    /** Those of {@code others} that are the same open file as one of {@code tree}, and all whose names tell more. */
    static List<Found> of(List<Found> others, List<Found> tree) {
        List<Found> same = new ArrayList<>();
        SameFiles files = new SameFiles();
        for (int i = 0; i < others.size(); i++) {
            if (isNameOfMany(others.get(i).link())) {
                files.add(others.get(i));
            } else {
                same.add(others.get(i));
            }
        }
        for (int i = 0; i < tree.size() && !files.byName.isEmpty(); i++) {
            files.take(tree.get(i), same);
        }
        return same;
    }

    private void add(Found one) {
        Others others = byName.get(one.link());
        if (others == null) {
            others = new Others();
            byName.put(one.link(), others);
        }
        List<Found> alone = new ArrayList<>(1);
        alone.add(one);
        try {
            int place = place(others.sorted, descriptor(one));
            if (place >= 0) {
                others.sorted.get(place).add(one);
            } else {
                others.sorted.add(-place - 1, alone);
            }
        } catch (KernelException closedMeanwhile) { // it, or one that it was compared with
            others.loose.add(alone);
        }
    }

    /** Moves what is the same file as {@code one}, of the tree, to {@code same}. */
    private void take(Found one, List<Found> same) {
        Others others = byName.get(one.link());
        if (others == null) {
            return;
        }
        RemoteFd descriptor = descriptor(one);
        takeOneByOne(others.loose, descriptor, same);
        try {
            int place = place(others.sorted, descriptor);
            if (place >= 0) {
                same.addAll(others.sorted.remove(place));
            }
        } catch (KernelException closedMeanwhile) {
            takeOneByOne(others.sorted, descriptor, same);
        }
    }

    private static void takeOneByOne(List<List<Found>> files, RemoteFd descriptor, List<Found> same) {
        for (int i = files.size() - 1; i >= 0; i--) {
            if (ProcessCalls.isSameFile(descriptor(files.get(i).get(0)), descriptor)) {
                same.addAll(files.remove(i));
            }
        }
    }

    /** Where {@code descriptor}'s file stands among {@code sorted}, or -(place + 1) where it would have to stand. */
    private static int place(List<List<Found>> sorted, RemoteFd descriptor) {
        int low = 0;
        int high = sorted.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = ProcessCalls.compareFiles(descriptor(sorted.get(middle).get(0)), descriptor);
            if (order == 0) {
                return middle;
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -(low + 1);
    }

    private static RemoteFd descriptor(Found one) {
        return new RemoteFd(one.task(), one.number());
    }
}
