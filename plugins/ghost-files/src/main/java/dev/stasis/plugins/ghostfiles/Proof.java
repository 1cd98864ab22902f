package dev.stasis.plugins.ghostfiles;

import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.FileType;
import dev.stasis.plugins.ghostfiles.proto.ghost_inode_entry;

/**
 * What proves without a file handle that an inode is the one that was dumped. Its number alone does not: file systems give the
 * number of a file that is gone to the next one. Pure.
 */
final class Proof {
    private Proof() {}

    /** Adds to {@code entry} what will prove that the inode is that of {@code status}. */
    static ghost_inode_entry.Builder add(FileStatus status, ghost_inode_entry.Builder entry) {
        entry.setChanged(InodeEntry.time(status.changed()));
        return status.born() == null ? entry : entry.setBorn(InodeEntry.time(status.born()));
    }

    /**
     * Whether {@code now} is of the inode of {@code entry}: the same number, type and owner, and the same time of birth. Where the file
     * system keeps none, nothing about it may have changed, for whoever makes a file anew cannot choose the time of its last change.
     * The device is not compared: overlayfs over several file systems shows another one for files than for directories.
     */
    static boolean holds(ghost_inode_entry entry, FileStatus now) {
        if (now.inode().number() != entry.getIno() || now.type() != FileType.ofMode(entry.getMode())
                || now.uid() != entry.getUid() || now.gid() != entry.getGid()) {
            return false;
        }
        if (entry.hasBorn()) {
            return now.born() != null && entry.getBorn().equals(InodeEntry.time(now.born()));
        }
        return entry.hasChanged() && entry.getChanged().equals(InodeEntry.time(now.changed()))
                && entry.getModified().equals(InodeEntry.time(now.modified())) && entry.getSize() == now.size();
    }
}
