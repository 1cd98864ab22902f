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
 * Makes each memfd of an image once, however often it was opened.
 *
 * <p>The open file that memfd_create(2) makes is unlike those that open(2) makes of it later: the kernel does not count it as a
 * writer, so that a program can be run out of a memfd while it has it open for writing, and tells no watch of what goes through it.
 * The image does not say which it was. It is taken for the first that a descriptor leads to and that may read and write, and for all
 * that are only mapped so: a mapping has mostly been made through that descriptor, and nobody sees the difference.
 */
final class RestoredMemfds {
    private static final int FUTURE_WRITE = 0x10;
    private static final OpenFlags SETTABLE =
            OpenFlags.APPEND.with(OpenFlags.NONBLOCK).with(OpenFlags.DIRECT).with(OpenFlags.NOATIME);

    private final Map<Integer, Memfd> made = new HashMap<>();
    private RestoreContext restore;

    private static final class Memfd {
        /** As memfd_create(2) made it; the restore closes it. */
        private final Fd created;
        private final int sealsLeft;
        private boolean taken;

        Memfd(Fd created, int sealsLeft) {
            this.created = created;
            this.sealsLeft = sealsLeft;
        }

        Fd open(OpenFlags flags, boolean onlyMapped) {
            if (!isAsCreated(flags) || taken && !onlyMapped) {
                return FileCalls.open(UnixPath.of("/proc/self/fd/" + created.number()), flags, 0);
            }
            if (onlyMapped) {
                return created.duplicate();
            }
            taken = true;
            FileCalls.flags(created, flags);
            return created.duplicate();
        }

        private static boolean isAsCreated(OpenFlags flags) {
            return flags.without(SETTABLE).with(OpenFlags.LARGEFILE).equals(OpenFlags.RDWR.with(OpenFlags.LARGEFILE));
        }
    }

    /** The open file of memfd {@code id} with {@code flags}; the memfd is made now if it was not; the caller owns the descriptor. */
    Fd open(int id, OpenFlags flags, boolean onlyMapped, RestoreContext context) {
        if (restore != context) {
            made.clear();
            restore = context;
        }
        Memfd memfd = made.get(id);
        if (memfd == null) {
            memfd = make(id, context);
            made.put(id, memfd);
        }
        return memfd.open(flags, onlyMapped);
    }

    private static Memfd make(int id, RestoreContext context) {
        try (MemfdImage image = MemfdImage.open(id, context.image())) {
            Fd memfd = context.own(create(image.entry()));
            fill(memfd, image);
            InodeCalls.owner(memfd, image.entry().getUid(), image.entry().getGid());
            InodeCalls.permissions(memfd, image.entry().getMode());
            return new Memfd(memfd, sealNow(memfd, image.entry().getSeals()));
        }
    }

    /**
     * Seals it at once, unless a seal might forbid a mapping that is made later, as only that against future writing does. Returns
     * the seals that are left.
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
        FileCalls.position(memfd, 0);
    }

    /** Seals memfd {@code id} as it was, if it is not yet. */
    void seal(int id, RestoreContext context) {
        Memfd memfd = restore == context ? made.remove(id) : null;
        if (memfd != null && memfd.sealsLeft != 0) {
            MemfdCalls.addSeals(memfd.created, memfd.sealsLeft);
        }
    }
}
