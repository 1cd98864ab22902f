package dev.stasis.linux.fs;

import static dev.stasis.linux.internal.Syscalls.check;

import dev.stasis.linux.Fd;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.internal.Scratch;
import dev.stasis.linux.internal.Syscalls;

/** Calls that make mounts. Each throws {@link dev.stasis.linux.KernelException} when the kernel refuses. */
public final class MountCalls {
    private static final int FSOPEN_CLOEXEC = 1;
    private static final int FSMOUNT_CLOEXEC = 1;
    private static final int FSCONFIG_SET_STRING = 1;
    private static final int FSCONFIG_CMD_CREATE = 6;
    private static final int NOSUID_NODEV_NOEXEC = 2 | 4 | 8;

    private MountCalls() {}

    /**
     * Makes a file system in memory that is mounted nowhere: it lives as long as a descriptor of something in it does, and
     * only those who have one find it.
     *
     * @param sizeLimit how many bytes may be in it
     * @return its root directory, which only its owner may enter; the caller owns it
     * @see "fsopen(2), fsconfig(2), fsmount(2)"
     */
    public static Fd detachedTmpfs(long sizeLimit) {
        Scratch scratch = Scratch.take();
        long type = scratch.path(UnixPath.of("tmpfs"));
        try (Fd context = Fd.own((int) check("fsopen", "tmpfs", Syscalls.call2(SyscallNumber.FSOPEN, type, FSOPEN_CLOEXEC)))) {
            configure(context, "size", Long.toString(sizeLimit));
            configure(context, "mode", "0700");
            check("fsconfig create", "tmpfs", Syscalls.call5(SyscallNumber.FSCONFIG, context.number(), FSCONFIG_CMD_CREATE, 0, 0, 0));
            return Fd.own((int) check("fsmount", "tmpfs",
                    Syscalls.call3(SyscallNumber.FSMOUNT, context.number(), FSMOUNT_CLOEXEC, NOSUID_NODEV_NOEXEC)));
        }
    }

    private static void configure(Fd context, String key, String value) {
        Scratch scratch = Scratch.take();
        check("fsconfig", key, Syscalls.call5(SyscallNumber.FSCONFIG, context.number(), FSCONFIG_SET_STRING,
                scratch.path(UnixPath.of(key)), scratch.path(UnixPath.of(value)), 0));
    }
}
