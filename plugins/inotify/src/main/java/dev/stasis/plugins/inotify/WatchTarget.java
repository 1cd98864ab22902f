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
    /** Nothing leads to it. */
    static final WatchTarget LOST = new WatchTarget(false, null, null, null, false, false);
}
