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

/** Makes each memfd of an image once, however often it was opened, and holds it until it is sealed. */
final class RestoredMemfds {

    private record Memfd(Fd file, int seals) {}

    private final Map<Integer, Memfd> made = new HashMap<>();
    private RestoreContext restore;

    /** A new open file of memfd {@code id}, which is made now if it was not; the caller owns the descriptor. */
    Fd open(int id, OpenFlags flags, RestoreContext context) {
        if (restore != context) {
            forget();
            restore = context;
        }
        Memfd memfd = made.get(id);
        if (memfd == null) {
            memfd = make(id, context);
            made.put(id, memfd);
        }
        return FileCalls.open(UnixPath.of("/proc/self/fd/" + memfd.file().number()), flags, 0);
    }

    /** Closes what a restore that failed before sealing left here. */
    private void forget() {
        for (Memfd memfd : made.values()) {
            memfd.file().close();
        }
        made.clear();
    }

    private static Memfd make(int id, RestoreContext context) {
        try (MemfdImage image = MemfdImage.open(id, context.image())) {
            memfd_inode_entry entry = image.entry();
            Fd file = MemfdCalls.create(UnixPath.of(entry.getName().toByteArray()),
                    MemfdCalls.ALLOW_SEALING | MemfdCalls.EXECUTABLE);
            boolean done = false;
            try {
                fill(file, image, entry);
                InodeCalls.owner(file, entry.getUid(), entry.getGid());
                InodeCalls.permissions(file, entry.getMode());
                done = true;
                return new Memfd(file, entry.getSeals());
            } finally {
                if (!done) {
                    file.close();
                }
            }
        }
    }

    private static void fill(Fd file, MemfdImage image, memfd_inode_entry entry) {
        ContentCalls.resize(file, entry.getSize());
        long from = image.contents();
        for (int i = 0; i < entry.getExtentsCount(); i++) {
            extent extent = entry.getExtents(i);
            FileCalls.position(file, extent.getOffset());
            ContentCalls.copy(image.file(), from, file, extent.getLength());
            from += extent.getLength();
        }
    }

    /** Seals memfd {@code id} as it was and lets go of it; the second time does nothing. */
    void seal(int id, RestoreContext context) {
        Memfd memfd = restore == context ? made.remove(id) : null;
        if (memfd == null) {
            return;
        }
        try (Fd file = memfd.file()) {
            if (memfd.seals() != 0) {
                MemfdCalls.addSeals(file, memfd.seals());
            }
        }
    }
}
