package dev.stasis.plugins.inotify;

import dev.stasis.linux.proc.InotifyMark;

/**
 * A watch and how to find what it is on.
 *
 * @param mark as the kernel tells
 * @param target how to find it again
 */
record Watch(InotifyMark mark, WatchTarget target) {

    /** Such as {@code wd 3 (0:38 inode 17, /proc/loadavg)}. */
    String subject() {
        return mark.watch() + " on " + mark.device() + " inode " + Long.toUnsignedString(mark.inode())
                + (target.path() == null ? "" : ", last seen at " + target.path());
    }
}
