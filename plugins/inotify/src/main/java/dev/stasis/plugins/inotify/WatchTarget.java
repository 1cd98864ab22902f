package dev.stasis.plugins.inotify;

import dev.stasis.linux.InodeId;
import dev.stasis.linux.UnixPath;
import dev.stasis.spi.OpenFileId;

/**
 * How what is watched is found again, beside its handle.
 *
 * @param found whether anything leads to it
 * @param path where it was; null when that is not known
 * @param inode as statx(2) told; null when that is not known
 * @param openFile an open file of the tree on the same inode; null when there is none
 * @param unlinked whether it has no name any more
 * @param pseudo whether its file system makes inode numbers up as it goes
 */
record WatchTarget(boolean found, UnixPath path, InodeId inode, OpenFileId openFile, boolean unlinked, boolean pseudo) {
    /** The same, no file of the tree being open on it; not found when only such a file led to it. */
    WatchTarget without() {
        return openFile == null && !unlinked ? this : new WatchTarget(path != null, path, inode, null, false, pseudo);
    }

    /** The same, {@code file} of the tree being open on it unless another is already; {@code gone} if it has no name. */
    WatchTarget with(OpenFileId file, boolean gone) {
        return new WatchTarget(true, path, inode, openFile == null ? file : openFile, gone || unlinked, pseudo);
    }

    /** Whether the same file of the tree is open on it as on {@code other}, with a name or without. */
    boolean isOpenAs(WatchTarget other) {
        return found == other.found && unlinked == other.unlinked
                && (openFile == null ? other.openFile == null : openFile.equals(other.openFile));
    }

    /** Nothing leads to it. */
    static final WatchTarget LOST = new WatchTarget(false, null, null, null, false, false);
}
