package dev.stasis.host.model;

import dev.stasis.linux.InodeId;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.fs.DescriptorStatus;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.process.ProcessCalls;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The open file descriptions found so far, to tell whether a descriptor refers to one of them.
 *
 * <p>kcmp(2) decides, and only between those that look alike: same inode, mount, flags and position, which one description
 * cannot show differently while the tree stands still. Those that look alike are kept in kcmp's order, so n descriptors
 * cost n log n comparisons at worst, n when a {@linkplain SeenOrder first look} found their order, and none at all when no two look
 * alike. In a running tree a position may move between
 * two looks: then two descriptors of one description may be shown as two.
 */
final class OpenFileIndex {

    private record Looks(InodeId inode, long mount, OpenFlags flags, long position) {

        // Written out, like equals: what the compiler makes for records goes through method handles, slow at first.
        @Override
        public int hashCode() {
            return (31 * inode.hashCode() + flags.bits()) * 31 + Long.hashCode(position);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Looks that && mount == that.mount && position == that.position
                    && flags.equals(that.flags) && inode.equals(that.inode);
        }
    }

    private final Map<Looks, List<FoundFile>> alike = new HashMap<>();
    private final SeenOrder.Ranks ranks;

    /** One that knows the order of {@code ranks}. */
    OpenFileIndex(SeenOrder.Ranks ranks) {
        this.ranks = ranks;
    }

    /** The order of those that look alike. */
    SeenOrder order() {
        SeenOrder order = new SeenOrder();
        for (List<FoundFile> files : alike.values()) {
            order.add(files);
        }
        return order;
    }

    /** The file that {@code descriptor} refers to; null when it is a new one, which the caller then adds. */
    FoundFile find(RemoteFd descriptor, DescriptorStatus status) {
        List<FoundFile> candidates = alike.get(looks(status));
        if (candidates == null) {
            return null;
        }
        int place = place(candidates, descriptor);
        return place >= 0 ? candidates.get(place) : null;
    }

    /** Adds a file that {@link #find} did not find. */
    void add(FoundFile file, DescriptorStatus status) {
        Looks looks = looks(status);
        List<FoundFile> candidates = alike.get(looks);
        if (candidates == null) {
            candidates = new ArrayList<>(1);
            alike.put(looks, candidates);
        }
        file.rank(ranks.of(file.first()));
        candidates.add(candidates.isEmpty() ? 0 : -place(candidates, file.first()) - 1, file);
    }

    private static Looks looks(DescriptorStatus status) {
        return new Looks(status.status().inode(), status.status().mountId(), status.flags(), status.position());
    }

    /** Where {@code descriptor}'s file stands among {@code candidates}, or -(place + 1) where it would have to stand. */
    private int place(List<FoundFile> candidates, RemoteFd descriptor) {
        long rank = ranks.of(descriptor);
        int low = 0;
        int high = candidates.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = compare(candidates.get(middle), descriptor, rank);
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

    private static int compare(FoundFile file, RemoteFd descriptor, long rank) {
        return SeenOrder.Ranks.areComparable(file.rank(), rank) ? Long.compare(file.rank(), rank)
                : ProcessCalls.compareFiles(file.first(), descriptor);
    }
}
