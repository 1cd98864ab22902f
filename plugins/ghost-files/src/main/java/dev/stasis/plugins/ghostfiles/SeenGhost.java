package dev.stasis.plugins.ghostfiles;

import dev.stasis.linux.fs.FileStatus;
import dev.stasis.plugins.ghostfiles.proto.ghost_inode_entry;

/**
 * A deleted regular file as it was seen in a first look.
 *
 * @param status what the kernel told of it then
 * @param bare its entry but for extents: holds as long as the time of its last change does
 * @param whole its entry with those of its contents, which were copied then; null if they were not
 */
record SeenGhost(FileStatus status, ghost_inode_entry bare, ghost_inode_entry whole) {

    /** Whether nothing about its inode but the time of the last access has changed, as {@code now} tells. */
    boolean isUnchanged(FileStatus now) {
        return now == status || now.inode().equals(status.inode()) && now.changed().equals(status.changed())
                && now.modified().equals(status.modified()) && now.size() == status.size()
                && now.mode() == status.mode() && now.uid() == status.uid() && now.gid() == status.gid()
                && now.links() == status.links();
    }

    /** {@code entry}, of this, with the time of last access that {@code now} tells. */
    ghost_inode_entry upToDate(ghost_inode_entry entry, FileStatus now) {
        return now.accessed().equals(status.accessed()) ? entry
                : entry.toBuilder().setAccessed(InodeEntry.time(now.accessed())).build();
    }
}
