package dev.stasis.plugins.ghostfiles;

import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.ContentCalls;
import dev.stasis.linux.fs.Extent;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.plugins.ghostfiles.proto.ghost_extent;
import dev.stasis.plugins.ghostfiles.proto.ghost_inode_entry;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.util.List;
import java.util.Optional;

/**
 * One inode in an image.
 *
 * @param file the image file of all; borrowed
 * @param entry what the inode was
 * @param contents where its contents start
 */
record GhostImage(PackReader file, ghost_inode_entry entry, long contents) {
    /** The name of the image file. */
    static final String NAME = "stasis-ghost-files-inodes.img";

    private static final int BLOCK = 4096;
    /** From this size on it pays to let two files share the blocks. */
    private static final int LONG = 1 << 16;

    /** The first offset at or behind {@code offset} where an extent starts whose blocks may be shared. */
    static long aligned(long offset) {
        return (offset + BLOCK - 1) / BLOCK * BLOCK;
    }

    /** Whether an extent of {@code length} bytes starts at such an offset. */
    static boolean isAligned(long length) {
        return length >= LONG;
    }

    /** How many bytes of contents there are. */
    static long bytes(ghost_inode_entry entry) {
        long bytes = 0;
        for (int i = 0; i < entry.getExtentsCount(); i++) {
            bytes += entry.getExtents(i).getLength();
        }
        return bytes;
    }

    /** Writes the contents into {@code target}, which is empty. */
    void copyTo(Fd target) {
        if (entry.hasKept()) {
            copyKept(KeptFile.of(entry.getKept()), target);
            return;
        }
        long end = 0;
        long place = contents;
        for (int i = 0; i < entry.getExtentsCount(); i++) {
            ghost_extent extent = entry.getExtents(i);
            place = isAligned(extent.getLength()) ? aligned(place) : place;
            copy(place, target, extent);
            place += extent.getLength();
            end = extent.getOffset() + extent.getLength();
        }
        if (entry.getSize() > end) {
            ContentCalls.resize(target, entry.getSize());
        }
    }

    private void copy(long place, Fd target, ghost_extent extent) {
        if (PackReader.isShort(extent.getLength()) && !isAligned(extent.getLength())) {
            int length = (int) extent.getLength();
            ContentCalls.write(file.memory(), file.read(place, length), length, target, extent.getOffset());
        } else {
            ContentCalls.copy(file.file(), place, target, extent.getOffset(), extent.getLength());
        }
    }

    private static void copyKept(KeptFile kept, Fd target) {
        Optional<Fd> found = kept.tryFind();
        if (found.isEmpty()) {
            throw new StasisException(kept.gone(kept.path().toString()));
        }
        try (Fd file = found.get();
                Fd source = FileCalls.open(UnixPath.of("/proc/self/fd/" + file.number()), OpenFlags.RDONLY, 0)) {
            if (ContentCalls.tryClone(source, target)) {
                return;
            }
            long size = FileCalls.status(source).size();
            ContentCalls.resize(target, size);
            List<Extent> extents = Extent.of(source, size);
            for (int i = 0; i < extents.size(); i++) {
                Extent extent = extents.get(i);
                ContentCalls.copy(source, extent.offset(), target, extent.offset(), extent.length());
            }
        }
    }

    static StasisException malformed(String subject, String reason, Throwable cause) {
        return new StasisException(new Problem(GhostFilesErrorCode.ENTRY_MALFORMED, subject, reason,
                "the image was not made by this version of the plugin"), cause);
    }
}
