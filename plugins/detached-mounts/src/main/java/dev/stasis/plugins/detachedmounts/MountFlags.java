package dev.stasis.plugins.detachedmounts;

/**
 * The flags of a mount: as statvfs(3) tells them, and as mount_setattr(2) sets them. Pure.
 *
 * @param told ST_ flags
 */
record MountFlags(int told) {
    private static final int ST_READ_ONLY = 1;
    private static final int ST_NO_SUID = 2;
    private static final int ST_NO_DEVICES = 4;
    private static final int ST_NO_EXECUTION = 8;
    private static final int ST_NO_ATIME = 0x400;
    private static final int ST_NO_DIRECTORY_ATIME = 0x800;
    private static final int ST_RELATIVE_ATIME = 0x1000;
    private static final int ST_NO_SYMLINK_FOLLOWING = 0x2000;
    private static final int KEPT = ST_READ_ONLY | ST_NO_SUID | ST_NO_DEVICES | ST_NO_EXECUTION | ST_NO_ATIME
            | ST_NO_DIRECTORY_ATIME | ST_RELATIVE_ATIME | ST_NO_SYMLINK_FOLLOWING;

    private static final long READ_ONLY = 1;
    private static final long NO_SUID = 2;
    private static final long NO_DEVICES = 4;
    private static final long NO_EXECUTION = 8;
    private static final long NO_ATIME = 0x10;
    private static final long STRICT_ATIME = 0x20;
    private static final long ATIME_MODE = 0x70;
    private static final long NO_DIRECTORY_ATIME = 0x80;
    private static final long NO_SYMLINK_FOLLOWING = 0x200000;

    /** What is taken away from a mount before any other flags are set. */
    static final long ALL = READ_ONLY | NO_SUID | NO_DEVICES | NO_EXECUTION | ATIME_MODE | NO_DIRECTORY_ATIME | NO_SYMLINK_FOLLOWING;

    /** What a mount has on which files are opened that may have been opened when it allowed more: nothing but that opening them leaves no trace. */
    static final long OPEN_TO_ALL = NO_ATIME;

    MountFlags {
        told &= KEPT;
    }

    /** These, less read-only: for where the file system itself is. */
    MountFlags writable() {
        return new MountFlags(told & ~ST_READ_ONLY);
    }

    /** The MOUNT_ATTR_ bits. */
    long attributes() {
        return bit(ST_READ_ONLY, READ_ONLY) | bit(ST_NO_SUID, NO_SUID) | bit(ST_NO_DEVICES, NO_DEVICES)
                | bit(ST_NO_EXECUTION, NO_EXECUTION) | bit(ST_NO_DIRECTORY_ATIME, NO_DIRECTORY_ATIME)
                | bit(ST_NO_SYMLINK_FOLLOWING, NO_SYMLINK_FOLLOWING) | atime();
    }

    /** Relative is what neither of the others is. */
    private long atime() {
        if ((told & ST_NO_ATIME) != 0) {
            return NO_ATIME;
        }
        return (told & ST_RELATIVE_ATIME) != 0 ? 0 : STRICT_ATIME;
    }

    private long bit(int flag, long attribute) {
        return (told & flag) != 0 ? attribute : 0;
    }
}
