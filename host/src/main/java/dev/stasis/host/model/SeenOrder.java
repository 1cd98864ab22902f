package dev.stasis.host.model;

import dev.stasis.linux.KernelException;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.process.ProcessCalls;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * In which order of kcmp(2) the open files stood that looked alike at a first look, as thousands of eventfds do. To find that order
 * takes n log n comparisons, to see that it still holds one for each file: and then all of them are known to be different ones.
 */
final class SeenOrder {
    /** Of a descriptor whose place is not known. */
    static final long UNKNOWN = -1;
    /** With fewer that look alike finding the order takes as long. */
    private static final int MANY = 16;

    private final List<List<RemoteFd>> rows = new ArrayList<>();

    /** Notes {@code files}, which look alike and are in order, if they are many. */
    void add(List<FoundFile> files) {
        if (files.size() < MANY) {
            return;
        }
        List<RemoteFd> row = new ArrayList<>(files.size());
        for (int i = 0; i < files.size(); i++) {
            row.add(files.get(i).first());
        }
        rows.add(row);
    }

    /** The order as far as it holds now. */
    Ranks confirm() {
        Ranks ranks = new Ranks();
        int confirmed = 0;
        for (int i = 0; i < rows.size(); i++) {
            confirmed = confirm(rows.get(i), confirmed, ranks);
        }
        return ranks;
    }

    /** Where two neighbours are not in order any more a new row begins; returns the number of the next one. */
    private static int confirm(List<RemoteFd> row, int first, Ranks ranks) {
        int number = first;
        for (int i = 0; i < row.size(); i++) {
            if (i > 0 && !isBefore(row.get(i - 1), row.get(i))) {
                number++;
            }
            ranks.put(row.get(i), number, i);
        }
        return number + 1;
    }

    private static boolean isBefore(RemoteFd one, RemoteFd other) {
        try {
            return ProcessCalls.compareFiles(one, other) < 0;
        } catch (KernelException e) {
            return false; // one of them was closed
        }
    }

    /** Places of descriptors: a row and where in it. What is in one row is of different open files, in kcmp's order. */
    static final class Ranks {
        private final Map<Long, Long> ranks = new HashMap<>();

        private void put(RemoteFd descriptor, int row, int place) {
            ranks.put(key(descriptor), (long) row << Integer.SIZE | place);
        }

        private static long key(RemoteFd descriptor) {
            return (long) descriptor.task().number() << Integer.SIZE | descriptor.number();
        }

        /** The place of {@code descriptor}, or {@link #UNKNOWN}. */
        long of(RemoteFd descriptor) {
            Long rank = ranks.isEmpty() ? null : ranks.get(key(descriptor));
            return rank == null ? UNKNOWN : rank;
        }

        /** Whether two places tell by themselves which file is first. */
        static boolean areComparable(long one, long other) {
            return one != UNKNOWN && other != UNKNOWN && one >> Integer.SIZE == other >> Integer.SIZE;
        }
    }
}
