package dev.stasis.plugins.inotify;

import dev.stasis.linux.notify.EventMask;
import dev.stasis.linux.notify.WatchDescriptor;
import dev.stasis.linux.proc.FanotifyMark;
import dev.stasis.linux.proc.InotifyMark;

/**
 * A fanotify mark and how to find what it is on.
 *
 * @param mark as the kernel tells
 * @param target how to find a marked inode again; null for other marks
 * @param place where a marked mount or file system is; null for marked inodes, and when it is not in sight
 */
record Mark(FanotifyMark mark, WatchTarget target, MountPlace place) {
    /** Events that others wait for an answer to: FAN_OPEN_PERM, FAN_ACCESS_PERM, FAN_OPEN_EXEC_PERM, FAN_PRE_ACCESS. */
    static final int PERMISSION = 0x10000 | 0x20000 | 0x40000 | 0x100000;

    boolean isOfInode() {
        return mark.type() == FanotifyMark.Type.INODE;
    }

    /** The marked inode as if it were watched, which is how it is looked for. */
    Watch asWatch() {
        return new Watch(asWatched(mark, 1), target);
    }

    /** Like {@link #asWatch}, when it has not been looked for; {@code place}, from 1 on, is its number. */
    static InotifyMark asWatched(FanotifyMark mark, int place) {
        return new InotifyMark(new WatchDescriptor(place), mark.inode(), mark.device(), EventMask.NOTHING, mark.handle());
    }

    /** Such as {@code the mark on inode 17 of 0:38, last seen at /proc/loadavg}. */
    String subject() {
        return switch (mark.type()) {
            case INODE -> "the mark on inode " + Long.toUnsignedString(mark.inode()) + " of " + mark.device()
                    + (target == null || target.path() == null ? "" : ", last seen at " + target.path());
            case MOUNT -> "the mark on mount " + (place == null ? Long.toString(mark.mountId()) : place.toString());
            case FILE_SYSTEM -> "the mark on file system " + (place == null ? mark.device().toString() : place.toString());
            case MOUNT_NAMESPACE -> "the mark on a mount namespace";
        };
    }
}
