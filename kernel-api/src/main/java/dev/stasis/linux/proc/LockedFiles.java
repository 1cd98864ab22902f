package dev.stasis.linux.proc;

import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.FileType;
import dev.stasis.linux.fs.OpenFlags;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * All locks of the system as /proc/locks shows them, and by that which files can have any at all. Read once; immutable.
 *
 * <p>In a pid namespace of its own /proc/locks leaves out locks that a process set which has ended since, as flock(1) in a
 * script does: there every file can have one.
 */
public final class LockedFiles {
    private static final UnixPath LOCKS = UnixPath.of("/proc/locks");
    private static final UnixPath NAMESPACE = UnixPath.of("/proc/self/ns/pid");
    private static final UnixPath FIRST_NAMESPACE = UnixPath.of("pid:[4026531836]");

    private final List<FileLock> locks;
    private final Set<Long> inodes = new HashSet<>();
    private final boolean complete;

    private LockedFiles(List<FileLock> locks, boolean complete) {
        this.locks = locks;
        this.complete = complete;
        for (int i = 0; i < locks.size(); i++) {
            inodes.add(locks.get(i).inode());
        }
    }

    /** What /proc tells now. */
    public static LockedFiles read() {
        boolean complete = FileCalls.readLink(NAMESPACE).equals(FIRST_NAMESPACE);
        try (Fd file = FileCalls.open(LOCKS, OpenFlags.RDONLY, 0)) {
            return new LockedFiles(List.copyOf(FileLock.parse(ProcFile.readAll(file))), complete);
        }
    }

    /** All locks and all who wait for one, each lock before those who wait for it. */
    public List<FileLock> locks() {
        return locks;
    }

    /** Whether the file with {@code status} may be locked; by its number alone, because btrfs has two device numbers. */
    public boolean mayHold(FileStatus status) {
        if (complete) {
            return inodes.contains(status.inode().number());
        }
        FileType type = status.type();
        return type == FileType.REGULAR || type == FileType.DIRECTORY || type == FileType.CHARACTER_DEVICE
                || type == FileType.BLOCK_DEVICE || type == FileType.FIFO && inodes.contains(status.inode().number());
    }
}
