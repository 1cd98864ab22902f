package dev.stasis.plugins.memfds;

import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.ContentCalls;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.InodeCalls;
import dev.stasis.linux.fs.MemfdCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.plugins.memfds.proto.extent;
import dev.stasis.plugins.memfds.proto.memfd_inode_entry;
import dev.stasis.spi.RestoreContext;
import java.util.HashMap;
import java.util.Map;

/**
 * Makes each memfd of an image once, however often it was opened. Owns nothing between two calls: the first open file of a
 * memfd, which the host holds until the restore is over, leads to it for all others.
 */
final class RestoredMemfds {
    private static final int FUTURE_WRITE = 0x10;

    private record Memfd(Fd borrowed, int seals) {}

    private final Map<Integer, Memfd> made = new HashMap<>();
    private RestoreContext restore;

    /** A new open file of memfd {@code id}, which is made now if it was not; the caller owns the descriptor. */
    Fd open(int id, OpenFlags flags, RestoreContext context) {
        if (restore != context) {
            made.clear();
            restore = context;
        }
        Memfd known = made.get(id);
        if (known != null) {
            return reopen(known.borrowed(), flags);
        }
        try (MemfdImage image = MemfdImage.open(id, context.image()); Fd memfd = create(image.entry())) {
            fill(memfd, image);
            InodeCalls.owner(memfd, image.entry().getUid(), image.entry().getGid());
            InodeCalls.permissions(memfd, image.entry().getMode());
            Fd first = reopen(memfd, flags);
            made.put(id, new Memfd(first, sealNow(memfd, image.entry().getSeals())));
            return first;
        }
    }

    /**
     * Seals it at once, unless a seal might forbid a mapping that is made later, as only that against future writing does. Returns
     * the seals that are left. Later is too late for a program that is run out of memory: nobody can open it for writing then.
     */
    private static int sealNow(Fd memfd, int seals) {
        if (seals == 0 || (seals & FUTURE_WRITE) != 0) {
            return seals;
        }
        MemfdCalls.addSeals(memfd, seals);
        return 0;
    }

    private static Fd create(memfd_inode_entry entry) {
        return MemfdCalls.create(UnixPath.of(entry.getName().toByteArray()),
                MemfdCalls.ALLOW_SEALING | MemfdCalls.EXECUTABLE);
    }

    private static Fd reopen(Fd file, OpenFlags flags) {
        return FileCalls.open(UnixPath.of("/proc/self/fd/" + file.number()), flags, 0);
    }

    private static void fill(Fd memfd, MemfdImage image) {
        memfd_inode_entry entry = image.entry();
        ContentCalls.resize(memfd, entry.getSize());
        long from = image.contents();
        for (int i = 0; i < entry.getExtentsCount(); i++) {
            extent extent = entry.getExtents(i);
            FileCalls.position(memfd, extent.getOffset());
            ContentCalls.copy(image.file(), from, memfd, extent.getLength());
            from += extent.getLength();
        }
    }

    /** Seals memfd {@code id} as it was, if it is not yet. */
    void seal(int id, RestoreContext context) {
        Memfd memfd = restore == context ? made.remove(id) : null;
        if (memfd == null || memfd.seals() == 0) {
            return;
        }
        try (Fd writable = reopen(memfd.borrowed(), OpenFlags.RDWR)) {
            MemfdCalls.addSeals(writable, memfd.seals());
        }
    }
}
