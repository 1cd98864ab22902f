package dev.stasis.linux.fs;

import static dev.stasis.linux.internal.Syscalls.check;

import dev.stasis.linux.Fd;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.internal.Scratch;
import dev.stasis.linux.internal.Syscalls;

/**
 * A copy of all mounts in sight which only the calling thread sees while this is open: what it unmounts there stays mounted
 * for everybody else. So what lies hidden under other mounts can be got at.
 *
 * <p>From one thread only, one at a time. /proc/thread-self/mountinfo shows the copies, which have numbers of their own. The
 * thread has a current directory of its own from the first time on.
 *
 * @see "unshare(2) with CLONE_NEWNS, setns(2)"
 */
public final class PrivateMounts implements AutoCloseable {
    private static final int CLONE_NEWNS = 0x20000;
    private static final int MS_REC_PRIVATE = 0x4000 | 1 << 18;
    private static final int MNT_DETACH_NOFOLLOW = 2 | 8;
    private static final OpenFlags PLACE = OpenFlags.PATH.with(OpenFlags.DIRECTORY);

    private final Fd namespace;
    private final Fd root;
    private final Fd current;

    private PrivateMounts(Fd namespace, Fd root, Fd current) {
        this.namespace = namespace;
        this.root = root;
        this.current = current;
    }

    /** Copies the mounts. */
    public static PrivateMounts enter() {
        PrivateMounts before = new PrivateMounts(FileCalls.open(UnixPath.of("/proc/thread-self/ns/mnt"), OpenFlags.RDONLY, 0),
                FileCalls.open(UnixPath.of("/"), PLACE, 0), FileCalls.open(UnixPath.of("."), PLACE, 0));
        boolean done = false;
        try {
            check("unshare CLONE_NEWNS", "this thread", Syscalls.call1(SyscallNumber.UNSHARE, CLONE_NEWNS));
            before.isolate();
            done = true;
            return before;
        } finally {
            if (!done) {
                before.close();
            }
        }
    }

    /** Before anything else: unmounting would reach the mounts that these are copies of. */
    private void isolate() {
        Scratch scratch = Scratch.take();
        check("mount MS_PRIVATE", "/", Syscalls.call5(SyscallNumber.MOUNT, 0, scratch.path(UnixPath.of("/")), 0, MS_REC_PRIVATE, 0));
    }

    /** Unmounts the topmost copy at {@code point}, with what is below it, here only. @see umount2(2) with MNT_DETACH */
    public void unmount(UnixPath point) {
        Scratch scratch = Scratch.take();
        check("umount2", point, Syscalls.call2(SyscallNumber.UMOUNT2, scratch.path(point), MNT_DETACH_NOFOLLOW));
    }

    /** Goes back to the mounts that all see, and to the directories where the thread was. */
    @Override
    public void close() {
        try {
            check("setns", namespace, Syscalls.call2(SyscallNumber.SETNS, namespace.number(), CLONE_NEWNS));
            check("fchdir", root, Syscalls.call1(SyscallNumber.FCHDIR, root.number()));
            check("chroot", root, Syscalls.call1(SyscallNumber.CHROOT, Scratch.take().path(UnixPath.of("."))));
            check("fchdir", current, Syscalls.call1(SyscallNumber.FCHDIR, current.number()));
        } finally {
            current.close();
            root.close();
            namespace.close();
        }
    }
}
