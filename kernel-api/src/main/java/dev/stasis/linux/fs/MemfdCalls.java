package dev.stasis.linux.fs;

import static dev.stasis.linux.internal.Syscalls.check;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.internal.Scratch;
import dev.stasis.linux.internal.Syscalls;

/** Calls on anonymous files in memory and their seals. @see memfd_create(2) */
public final class MemfdCalls {
    /** MFD_ALLOW_SEALING. */
    public static final int ALLOW_SEALING = 2;
    /** MFD_EXEC, left out where the kernel (before 6.3) does not know it. */
    public static final int EXECUTABLE = 0x10;

    private static final int MFD_CLOEXEC = 1;
    private static final int F_ADD_SEALS = 1033;
    private static final int F_GET_SEALS = 1034;

    private MemfdCalls() {}

    /** Makes one called {@code name} (at most 249 bytes), open for reading and writing. The caller owns it. */
    public static Fd create(UnixPath name, int flags) {
        long fd = tryCreate(name, flags);
        if (fd == -Errno.EINVAL.number() && (flags & EXECUTABLE) != 0) {
            fd = tryCreate(name, flags & ~EXECUTABLE);
        }
        return Fd.own((int) check("memfd_create", name, fd));
    }

    private static long tryCreate(UnixPath name, int flags) {
        Scratch scratch = Scratch.take();
        return Syscalls.call2(SyscallNumber.MEMFD_CREATE, scratch.path(name), flags | MFD_CLOEXEC);
    }

    /** Its seals, F_SEAL_* or'ed together. @see fcntl(2) F_GET_SEALS */
    public static int seals(Fd file) {
        return (int) check("fcntl F_GET_SEALS", file, Syscalls.call3(SyscallNumber.FCNTL, file.number(), F_GET_SEALS, 0));
    }

    /** Adds {@code seals}, for good. @see fcntl(2) F_ADD_SEALS */
    public static void addSeals(Fd file, int seals) {
        check("fcntl F_ADD_SEALS", file, Syscalls.call3(SyscallNumber.FCNTL, file.number(), F_ADD_SEALS, seals));
    }
}
