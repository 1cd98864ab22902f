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

    private static final int OPEN_TREE_CLONE = 1;
    private static final int OPEN_TREE_CLOEXEC = 0x80000;
    private static final int AT_RECURSIVE = 0x8000;
    private static final int MOUNT_ATTR_SIZE = 32;
    private static final int MS_PRIVATE = 1 << 18;

    private MountCalls() {}

    /**
     * Makes a file system in memory that is mounted nowhere: it lives as long as a descriptor of something in it does, and
     * only those who have one find it.
     *
     * @param sizeLimit how many bytes may be in it; 0 for as many as there is room for
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

    /**
     * Makes a copy of the mount that {@code directory} is on, which shows the tree below {@code directory} and is mounted
     * nowhere; it lives as long as a descriptor of something in it does.
     *
     * @param recursively whether mounts below are copied too
     * @return its root as an O_PATH descriptor, which the caller owns
     * @see open_tree(2) with OPEN_TREE_CLONE
     */
    public static Fd detachedCopy(Fd directory, boolean recursively) {
        int flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | FileCalls.AT_EMPTY_PATH | (recursively ? AT_RECURSIVE : 0);
        return Fd.own((int) check("open_tree", directory, Syscalls.call3(SyscallNumber.OPEN_TREE, directory.number(),
                Scratch.take().path(UnixPath.of("")), flags)));
    }

    /**
     * Changes attributes (MOUNT_ATTR_ bits) of the mount whose root is {@code root}: adds those of {@code set}, takes away
     * those of {@code clear}.
     *
     * @see mount_setattr(2)
     */
    public static void attributes(Fd root, long set, long clear) {
        setAttributes(root, set, clear, 0);
    }

    /**
     * Unties the mount whose root is {@code root} from all others: what is mounted on or unmounted from them does not reach it.
     *
     * @see mount_setattr(2) with MS_PRIVATE
     */
    public static void isolate(Fd root) {
        setAttributes(root, 0, 0, MS_PRIVATE);
    }

    private static void setAttributes(Fd root, long set, long clear, long propagation) {
        Scratch scratch = Scratch.take();
        int at = scratch.reserveCleared(MOUNT_ATTR_SIZE);
        scratch.memory().putLong(at, set).putLong(at + 8, clear).putLong(at + 16, propagation);
        check("mount_setattr", root, Syscalls.call5(SyscallNumber.MOUNT_SETATTR, root.number(),
                scratch.path(UnixPath.of("")), FileCalls.AT_EMPTY_PATH, scratch.address(at), MOUNT_ATTR_SIZE));
    }

    private static void configure(Fd context, String key, String value) {
        Scratch scratch = Scratch.take();
        check("fsconfig", key, Syscalls.call5(SyscallNumber.FSCONFIG, context.number(), FSCONFIG_SET_STRING,
                scratch.path(UnixPath.of(key)), scratch.path(UnixPath.of(value)), 0));
    }
}
