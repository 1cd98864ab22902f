package dev.stasis.linux.fs;

import static dev.stasis.linux.internal.Syscalls.check;

import dev.stasis.linux.Fd;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.internal.Scratch;
import dev.stasis.linux.internal.Syscalls;

/** Calls on file systems as a whole. */
public final class FileSystemCalls {
    private static final int STATFS_SIZE = 120;
    private static final int BTRFS = 0x9123683e;
    private static final int XFS = 0x58465342;

    private FileSystemCalls() {}

    /** The magic number that tells the type of the file system that {@code file} is on. @see statfs(2) */
    public static int magic(Fd file) {
        Scratch scratch = Scratch.take();
        int at = scratch.reserve(STATFS_SIZE);
        check("fstatfs", file, Syscalls.call2(SyscallNumber.FSTATFS, file.number(), scratch.address(at)));
        return (int) scratch.memory().getLong(at);
    }

    /** The file system that {@code file} is on: a number that differs from that of every other one mounted now. @see statfs(2) f_fsid */
    public static long id(Fd file) {
        Scratch scratch = Scratch.take();
        int at = scratch.reserve(STATFS_SIZE);
        check("fstatfs", file, Syscalls.call2(SyscallNumber.FSTATFS, file.number(), scratch.address(at)));
        return scratch.memory().getLong(at + 56);
    }

    /** Whether files of the file system that {@code file} is on may share blocks (btrfs, XFS). */
    public static boolean sharesBlocks(Fd file) {
        int magic = magic(file);
        return magic == BTRFS || magic == XFS;
    }

    /** How many bytes of the file system that {@code file} is on are free for users. @see statfs(2) */
    public static long freeBytes(Fd file) {
        Scratch scratch = Scratch.take();
        int at = scratch.reserve(STATFS_SIZE);
        check("fstatfs", file, Syscalls.call2(SyscallNumber.FSTATFS, file.number(), scratch.address(at)));
        long available = scratch.memory().getLong(at + 32);
        // A tmpfs without a limit tells of no blocks at all.
        return scratch.memory().getLong(at + 16) == 0 ? Long.MAX_VALUE : available * scratch.memory().getLong(at + 8);
    }

    /** How many bytes the file system that {@code file} is on takes in all; 0 without a limit. @see statfs(2) */
    public static long totalBytes(Fd file) {
        Scratch scratch = Scratch.take();
        int at = scratch.reserve(STATFS_SIZE);
        check("fstatfs", file, Syscalls.call2(SyscallNumber.FSTATFS, file.number(), scratch.address(at)));
        return scratch.memory().getLong(at + 16) * scratch.memory().getLong(at + 8);
    }

    /** How many bytes are taken on the file system that {@code file} is on; 0 where it does not tell. @see statfs(2) */
    public static long usedBytes(Fd file) {
        Scratch scratch = Scratch.take();
        int at = scratch.reserve(STATFS_SIZE);
        check("fstatfs", file, Syscalls.call2(SyscallNumber.FSTATFS, file.number(), scratch.address(at)));
        return (scratch.memory().getLong(at + 16) - scratch.memory().getLong(at + 24)) * scratch.memory().getLong(at + 8);
    }

    /**
     * The ST_ flags of the mount that {@code file} was opened on, and of its file system: read-only (1), nosuid (2), nodev (4),
     * noexec (8), noatime (0x400), nodiratime (0x800), relatime (0x1000), nosymfollow (0x2000).
     *
     * @see statvfs(3)
     */
    public static int mountFlags(Fd file) {
        Scratch scratch = Scratch.take();
        int at = scratch.reserve(STATFS_SIZE);
        check("fstatfs", file, Syscalls.call2(SyscallNumber.FSTATFS, file.number(), scratch.address(at)));
        return (int) scratch.memory().getLong(at + 80);
    }

    /** Whether the mount that {@code file} was opened on is read-only. @see statfs(2) */
    public static boolean isReadOnly(Fd file) {
        return (mountFlags(file) & 1) != 0;
    }
}
