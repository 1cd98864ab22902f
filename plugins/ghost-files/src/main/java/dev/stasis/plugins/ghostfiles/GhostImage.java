package dev.stasis.plugins.ghostfiles;

import dev.stasis.linux.Fd;
import dev.stasis.linux.fs.ContentCalls;
import dev.stasis.plugins.ghostfiles.proto.ghost_extent;
import dev.stasis.plugins.ghostfiles.proto.ghost_inode_entry;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;

/**
 * One inode in an image.
 *
 * @param file the image file of all; borrowed
 * @param entry what the inode was
 * @param contents where its contents start
 */
record GhostImage(Fd file, ghost_inode_entry entry, long contents) {
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
        if (entry.getSize() > 0) {
            ContentCalls.resize(target, entry.getSize());
        }
        long place = contents;
        for (int i = 0; i < entry.getExtentsCount(); i++) {
            ghost_extent extent = entry.getExtents(i);
            place = isAligned(extent.getLength()) ? aligned(place) : place;
            ContentCalls.copy(file, place, target, extent.getOffset(), extent.getLength());
            place += extent.getLength();
        }
    }

    static StasisException malformed(String subject, String reason, Throwable cause) {
        return new StasisException(new Problem(GhostFilesErrorCode.ENTRY_MALFORMED, subject, reason,
                "the image was not made by this version of the plugin"), cause);
    }
}
