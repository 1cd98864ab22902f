package dev.stasis.linux.fs;

import static dev.stasis.linux.internal.Syscalls.check;

import dev.stasis.linux.DeviceNumber;
import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.internal.Scratch;
import dev.stasis.linux.internal.Syscalls;

/**
 * Calls that give names to inodes, new ones and others. Each leaves alone what has the name already and says so; each throws
 * {@link dev.stasis.linux.KernelException} when the kernel refuses for another reason. Any thread may call.
 */
public final class NameCalls {
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int RENAME_EXCHANGE = 2;
    private static final int LOCK_EX_NB = 6;
    private static final int PATH_MAX = 4096;

    private NameCalls() {}

    /**
     * Makes a node of the type and permissions that {@code mode} says; returns false when the name is taken (EEXIST).
     *
     * @param device what a device node stands for; ignored for others
     * @see mknodat(2)
     */
    public static boolean tryMakeNode(Fd directory, UnixPath name, int mode, DeviceNumber device) {
        return free("mknodat", name, Syscalls.call4(SyscallNumber.MKNODAT, directory.number(), Scratch.take().path(name), mode,
                device.userEncoding()));
    }

    /** Makes a directory; returns false when the name is taken (EEXIST). @see mkdirat(2) */
    public static boolean tryMakeDirectory(Fd directory, UnixPath name, int mode) {
        return free("mkdirat", name,
                Syscalls.call3(SyscallNumber.MKDIRAT, directory.number(), Scratch.take().path(name), mode));
    }

    /** Makes a symbolic link to {@code target}; returns false when the name is taken (EEXIST). @see symlinkat(2) */
    public static boolean trySymbolicLink(UnixPath target, Fd directory, UnixPath name) {
        Scratch scratch = Scratch.take();
        return free("symlinkat", name,
                Syscalls.call3(SyscallNumber.SYMLINKAT, scratch.path(target), directory.number(), scratch.path(name)));
    }

    /**
     * Gives {@code file}, which must have another name or be of O_TMPFILE, one more name; returns false when that is taken
     * (EEXIST). Needs CAP_DAC_READ_SEARCH. @see linkat(2) with AT_EMPTY_PATH
     */
    public static boolean tryLink(Fd file, Fd directory, UnixPath name) {
        Scratch scratch = Scratch.take();
        return free("linkat", name, Syscalls.call5(SyscallNumber.LINKAT, file.number(), scratch.path(UnixPath.of("")),
                directory.number(), scratch.path(name), AT_EMPTY_PATH));
    }

    private static boolean free(String call, UnixPath name, long result) {
        if (result == -Errno.EEXIST.number()) {
            return false;
        }
        check(call, name, result);
        return true;
    }

    /** Lets two names of {@code directory} change places at once. @see renameat2(2) with RENAME_EXCHANGE */
    public static void exchange(Fd directory, UnixPath one, UnixPath other) {
        Scratch scratch = Scratch.take();
        check("renameat2", other, Syscalls.call5(SyscallNumber.RENAMEAT2, directory.number(), scratch.path(one),
                directory.number(), scratch.path(other), RENAME_EXCHANGE));
    }

    /** Where the symbolic link behind the O_PATH descriptor {@code link} points. @see readlinkat(2) */
    public static UnixPath target(Fd link) {
        Scratch scratch = Scratch.take();
        int offset = scratch.reserve(PATH_MAX);
        long length = check("readlinkat", link, Syscalls.call4(SyscallNumber.READLINKAT, link.number(),
                scratch.path(UnixPath.of("")), scratch.address(offset), PATH_MAX));
        return UnixPath.of(scratch.memory().get(offset, (int) length));
    }

    /** Takes the lock of {@code file} for itself until it is closed; false while somebody else has it. @see flock(2) */
    public static boolean tryLock(Fd file) {
        long result = Syscalls.call2(SyscallNumber.FLOCK, file.number(), LOCK_EX_NB);
        if (result == -Errno.EAGAIN.number()) {
            return false;
        }
        check("flock", file, result);
        return true;
    }
}
