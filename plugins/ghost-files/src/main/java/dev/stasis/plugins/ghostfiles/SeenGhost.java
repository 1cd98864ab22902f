package dev.stasis.plugins.ghostfiles;

import dev.stasis.linux.fs.Extent;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.plugins.ghostfiles.proto.ghost_inode_entry;
import java.util.List;

/**
 * A deleted regular file as it was seen in a first look.
 *
 * @param status what the kernel told of it then
 * @param bare its entry but for extents: holds as long as the time of its last change does
 * @param whole its entry with those of its contents, which were copied then, or of a page that is to be copied later; null for
 *     what has more than a page and was not copied
 * @param encoded the bytes of {@code whole}; null if there is none
 * @param copied whether contents were copied
 */
record SeenGhost(FileStatus status, ghost_inode_entry bare, ghost_inode_entry whole, byte[] encoded, boolean copied) {
    private static final int PAGE = 4096;

    /** One with contents that were copied, to where {@code whole} says. */
    static SeenGhost copied(FileStatus status, ghost_inode_entry bare, ghost_inode_entry whole) {
        return new SeenGhost(status, bare, whole, whole.toByteArray(), true);
    }

    /** One with contents that are left for later. */
    static SeenGhost left(FileStatus status, ghost_inode_entry bare) {
        if (!isPage(status)) {
            return new SeenGhost(status, bare, null, null, false);
        }
        ghost_inode_entry.Builder entry = bare.toBuilder();
        InodeEntry.addExtents(List.of(new Extent(0, status.size())), entry);
        ghost_inode_entry whole = entry.build();
        return new SeenGhost(status, bare, whole, whole.toByteArray(), false);
    }

    /** Whether there is one page with all that a file of {@code status} holds: a page is either there or not, so no need to seek. */
    static boolean isPage(FileStatus status) {
        return status.size() > 0 && status.size() <= PAGE && status.blocks() * 512 >= PAGE;
    }

    /** Whether nothing about its inode but the time of the last access has changed, as {@code now} tells. */
    boolean isUnchanged(FileStatus now) {
        return now == status || now.inode().equals(status.inode()) && now.changed().equals(status.changed())
                && now.modified().equals(status.modified()) && now.size() == status.size()
                && now.mode() == status.mode() && now.uid() == status.uid() && now.gid() == status.gid()
                && now.links() == status.links();
    }

    /** The bytes of {@link #whole}, with the time of last access that {@code now} tells. */
    byte[] encoded(FileStatus now) {
        return isAccessedSince(now) ? upToDate(whole, now).toByteArray() : encoded;
    }

    /** {@link #bare}, with the time of last access that {@code now} tells. */
    ghost_inode_entry.Builder bare(FileStatus now) {
        return upToDate(bare, now).toBuilder();
    }

    private ghost_inode_entry upToDate(ghost_inode_entry entry, FileStatus now) {
        return isAccessedSince(now) ? entry.toBuilder().setAccessed(InodeEntry.time(now.accessed())).build() : entry;
    }

    private boolean isAccessedSince(FileStatus now) {
        return !now.accessed().equals(status.accessed());
    }
}
