package dev.stasis.plugins.filelocks;

import dev.stasis.linux.proc.FileLock;
import dev.stasis.spi.Holder;
import dev.stasis.spi.OpenFile;

/**
 * A lock that the tree holds.
 *
 * @param lock what it is
 * @param file the open file that it was set through
 * @param setter the descriptor through which it is to be set again: of its owner, or of whoever set it where that one still
 *     has the file, so that /proc/locks shows the same process
 */
record HeldLock(FileLock lock, OpenFile file, Holder.Descriptor setter) {

    /** Whether it belongs to the open file, and so to all that have it, rather than to one process. */
    boolean belongsToFile() {
        return lock.kind() != FileLock.Kind.POSIX;
    }

    /** For messages. */
    String subject() {
        return setter + " (" + file.link() + ")";
    }
}
