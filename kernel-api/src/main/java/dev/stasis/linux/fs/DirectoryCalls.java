package dev.stasis.linux.fs;

import static dev.stasis.linux.internal.Syscalls.check;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.internal.Scratch;
import dev.stasis.linux.internal.Syscalls;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Calls on directories of this process and on the entries of an open one. Each throws {@link KernelException} when the kernel
 * refuses, but for the outcomes that a method names. Any thread may call.
 */
public final class DirectoryCalls {
    private static final int AT_FDCWD = -100;
    private static final int S_IFREG = 0100000;
    private static final int AT_REMOVEDIR = 0x200;
    private static final int LISTING = 1 << 15;

    private DirectoryCalls() {}

    /** Makes directory {@code path}; returns false when something stands there already (EEXIST). @see mkdir(2) */
    public static boolean tryMake(UnixPath path, int mode) {
        Scratch scratch = Scratch.take();
        long result = Syscalls.call3(SyscallNumber.MKDIRAT, AT_FDCWD, scratch.path(path), mode);
        if (result == -Errno.EEXIST.number()) {
            return false;
        }
        check("mkdir", path, result);
        return true;
    }

    /** Removes directory {@code path}; returns false, and it stays, when that is not possible. @see rmdir(2) */
    public static boolean tryRemove(UnixPath path) {
        return Syscalls.call1(SyscallNumber.RMDIR, Scratch.take().path(path)) >= 0;
    }

    /** Removes the file {@code name} of {@code directory}; returns false when there is none (ENOENT). @see unlinkat(2) */
    public static boolean tryUnlink(Fd directory, UnixPath name) {
        long result = Syscalls.call3(SyscallNumber.UNLINKAT, directory.number(), Scratch.take().path(name), 0);
        if (result == -Errno.ENOENT.number()) {
            return false;
        }
        check("unlinkat", name, result);
        return true;
    }

    /** Makes directory {@code path} as seen from {@code base}. @see mkdirat(2) */
    public static void make(Fd base, UnixPath path, int mode) {
        check("mkdirat", path, Syscalls.call3(SyscallNumber.MKDIRAT, base.number(), Scratch.take().path(path), mode));
    }

    /** Makes the empty regular file {@code path} as seen from {@code base}, without opening it. @see mknodat(2) */
    public static void makeFile(Fd base, UnixPath path, int mode) {
        check("mknodat", path, Syscalls.call4(SyscallNumber.MKNODAT, base.number(), Scratch.take().path(path),
                S_IFREG | mode, 0));
    }

    /** Removes the empty directory {@code path} as seen from {@code base}. @see unlinkat(2) with AT_REMOVEDIR */
    public static void remove(Fd base, UnixPath path) {
        check("unlinkat", path, Syscalls.call3(SyscallNumber.UNLINKAT, base.number(), Scratch.take().path(path), AT_REMOVEDIR));
    }

    /** Sets the permission bits of {@code path} as seen from {@code base}. @see fchmodat(2) */
    public static void permissions(Fd base, UnixPath path, int permissions) {
        check("fchmodat", path, Syscalls.call3(SyscallNumber.FCHMODAT, base.number(), Scratch.take().path(path), permissions));
    }

    /** Gives the entry {@code from} of {@code directory} the name {@code to}, replacing what has it. @see renameat(2) */
    public static void rename(Fd directory, UnixPath from, UnixPath to) {
        Scratch scratch = Scratch.take();
        check("renameat", from, Syscalls.call4(SyscallNumber.RENAMEAT, directory.number(), scratch.path(from),
                directory.number(), scratch.path(to)));
    }

    /** Opens the file {@code name} of {@code directory}; empty when there is none (ENOENT); O_CLOEXEC is added. @see openat(2) */
    public static Optional<Fd> tryOpenAt(Fd directory, UnixPath name, OpenFlags flags) {
        long result = Syscalls.call4(SyscallNumber.OPENAT, directory.number(), Scratch.take().path(name),
                flags.with(OpenFlags.CLOEXEC).bits(), 0);
        if (result == -Errno.ENOENT.number()) {
            return Optional.empty();
        }
        return Optional.of(Fd.own((int) check("openat", name, result)));
    }

    /** Waits until the file or directory behind {@code fd} is safe on its device. @see fsync(2) */
    public static void sync(Fd fd) {
        check("fsync", fd, Syscalls.call1(SyscallNumber.FSYNC, fd.number()));
    }

    /** The names in {@code directory} from its position on, without "." and "..", in the kernel's order. @see getdents64(2) */
    public static List<UnixPath> list(Fd directory) {
        NativeMemory memory = NativeMemory.allocate(LISTING);
        List<UnixPath> names = new ArrayList<>();
        while (true) {
            int length = (int) check("getdents64", directory,
                    Syscalls.call3(SyscallNumber.GETDENTS64, directory.number(), memory.address(), LISTING));
            if (length == 0) {
                return names;
            }
            decode(memory, length, names);
        }
    }

    private static void decode(NativeMemory memory, int length, List<UnixPath> names) {
        int at = 0;
        while (at < length) {
            int size = memory.getInt(at + 16) & 0xffff;
            byte[] name = memory.get(at + 19, size - 19);
            int end = 0;
            while (name[end] != 0) {
                end++;
            }
            if (!isDots(name, end)) {
                names.add(UnixPath.of(Arrays.copyOf(name, end)));
            }
            at += size;
        }
    }

    private static boolean isDots(byte[] name, int length) {
        return length <= 2 && name[0] == '.' && (length == 1 || name[1] == '.');
    }
}
