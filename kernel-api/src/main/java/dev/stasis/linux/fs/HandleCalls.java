package dev.stasis.linux.fs;

import static dev.stasis.linux.internal.Syscalls.check;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.internal.Scratch;
import dev.stasis.linux.internal.Syscalls;
import java.util.Optional;

/** Calls that name inodes by handles. Each throws {@link dev.stasis.linux.KernelException} when the kernel refuses. */
public final class HandleCalls {
    private static final int BYTES = 8;
    private static final int AT_FDCWD = -100;
    private static final int AT_SYMLINK_FOLLOW = 0x400;
    private static final int AT_HANDLE_CONNECTABLE = 2;

    private HandleCalls() {}

    /** The handle of {@code file}, O_PATH will do; empty where the file system has none (EOPNOTSUPP). @see name_to_handle_at(2) */
    public static Optional<FileHandle> tryHandle(Fd file) {
        Scratch scratch = Scratch.take();
        int at = scratch.reserve(BYTES + FileHandle.MAX_SIZE);
        int mount = scratch.reserve(Integer.BYTES);
        NativeMemory memory = scratch.memory();
        memory.putInt(at, FileHandle.MAX_SIZE);
        long result = Syscalls.call5(SyscallNumber.NAME_TO_HANDLE_AT, file.number(), scratch.path(UnixPath.of("")),
                scratch.address(at), scratch.address(mount), FileCalls.AT_EMPTY_PATH);
        if (result == -Errno.EOPNOTSUPP.number()) {
            return Optional.empty();
        }
        check("name_to_handle_at", file, result);
        return Optional.of(new FileHandle(memory.getInt(at + 4), memory.get(at + BYTES, memory.getInt(at))));
    }

    /**
     * A handle of {@code file} which tells the directory too that it was opened in, on file systems that have such handles:
     * two names of one file in different directories have different ones. Empty where the kernel makes none (before 6.13).
     * @see name_to_handle_at(2) with AT_HANDLE_CONNECTABLE
     */
    public static Optional<FileHandle> tryConnectableHandle(Fd file) {
        Scratch scratch = Scratch.take();
        int at = scratch.reserve(BYTES + FileHandle.MAX_SIZE);
        int mount = scratch.reserve(Integer.BYTES);
        NativeMemory memory = scratch.memory();
        memory.putInt(at, FileHandle.MAX_SIZE);
        // The kernel wants a path for it. The descriptor's own link is one that leads to it, whatever other paths do.
        long result = Syscalls.call5(SyscallNumber.NAME_TO_HANDLE_AT, AT_FDCWD,
                scratch.path(UnixPath.of("/proc/self/fd/" + file.number())), scratch.address(at), scratch.address(mount),
                AT_SYMLINK_FOLLOW | AT_HANDLE_CONNECTABLE);
        if (result < 0) {
            return Optional.empty();
        }
        return Optional.of(new FileHandle(memory.getInt(at + 4), memory.get(at + BYTES, memory.getInt(at))));
    }

    /**
     * Opens what {@code handle} names on the file system of {@code mount}; empty when there is no such inode any more
     * (ESTALE) or the file system opens no handles (EOPNOTSUPP). With O_PATH nobody who watches the file notices.
     *
     * @param mount any file or directory of the file system, borrowed; not O_PATH, for which see {@link HandleMount}
     * @see open_by_handle_at(2)
     */
    public static Optional<Fd> tryOpen(Fd mount, FileHandle handle, OpenFlags flags) {
        return tryOpen(mount.number(), handle, flags);
    }

    static Optional<Fd> tryOpen(int mount, FileHandle handle, OpenFlags flags) {
        Scratch scratch = Scratch.take();
        int at = scratch.reserve(BYTES + FileHandle.MAX_SIZE);
        scratch.memory().putInt(at, handle.bytes().length).putInt(at + 4, handle.type()).put(at + BYTES, handle.bytes());
        long result = Syscalls.call3(SyscallNumber.OPEN_BY_HANDLE_AT, mount, scratch.address(at),
                flags.with(OpenFlags.CLOEXEC).bits());
        if (result == -Errno.ESTALE.number() || result == -Errno.EOPNOTSUPP.number()) {
            return Optional.empty();
        }
        return Optional.of(Fd.own((int) check("open_by_handle_at", handle, result)));
    }
}
