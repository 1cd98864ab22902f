package dev.stasis.linux.fs;

import static dev.stasis.linux.internal.Syscalls.check;

import dev.stasis.linux.Fd;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.internal.Scratch;
import dev.stasis.linux.internal.Syscalls;

/** Calls on file systems as a whole. */
public final class FileSystemCalls {
    private static final int STATFS_SIZE = 120;

    private FileSystemCalls() {}

    /** The magic number that tells the type of the file system that {@code file} is on. @see statfs(2) */
    public static int magic(Fd file) {
        Scratch scratch = Scratch.take();
        int at = scratch.reserve(STATFS_SIZE);
        check("fstatfs", file, Syscalls.call2(SyscallNumber.FSTATFS, file.number(), scratch.address(at)));
        return (int) scratch.memory().getLong(at);
    }
}
