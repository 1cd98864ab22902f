package dev.stasis.linux.fs;

import static dev.stasis.linux.internal.Syscalls.check;

import dev.stasis.linux.Fd;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.internal.Syscalls;
import java.util.Optional;

/**
 * A mount on which handles are opened without touching anything of it. The kernel takes no O_PATH descriptor for the mount,
 * and any other open would be seen by whoever watches the directory; but it takes the current directory. So while this is
 * open, the current directory of the calling thread, and of no other, is the mount's.
 *
 * <p>From one thread only, one at a time. The thread has a current directory of its own from the first time on.
 *
 * @see "open_by_handle_at(2) with AT_FDCWD, unshare(2) with CLONE_FS"
 */
public final class HandleMount implements AutoCloseable {
    private static final int AT_FDCWD = -100;
    private static final int CLONE_FS = 0x200;
    private static final ThreadLocal<Boolean> UNSHARED = new ThreadLocal<>();

    private final Fd before;

    private HandleMount(Fd before) {
        this.before = before;
    }

    /** Goes to {@code directory}, a directory of the mount; O_PATH will do. Borrowed. */
    public static HandleMount enter(Fd directory) {
        if (UNSHARED.get() == null) {
            check("unshare CLONE_FS", "this thread", Syscalls.call1(SyscallNumber.UNSHARE, CLONE_FS));
            UNSHARED.set(Boolean.TRUE);
        }
        HandleMount mount = new HandleMount(FileCalls.open(UnixPath.of("."), OpenFlags.PATH.with(OpenFlags.DIRECTORY), 0));
        try {
            mount.goTo(directory);
        } catch (RuntimeException e) {
            mount.before.close();
            throw e;
        }
        return mount;
    }

    /**
     * Goes on to {@code directory}, of this or another mount; O_PATH will do. EACCES without the right to search it, and then
     * the thread stays where it is. @see fchdir(2)
     */
    public void goTo(Fd directory) {
        check("fchdir", directory, Syscalls.call1(SyscallNumber.FCHDIR, directory.number()));
    }

    /** Like {@link HandleCalls#tryOpen} on this mount; the caller owns the descriptor. */
    public Optional<Fd> tryOpen(FileHandle handle, OpenFlags flags) {
        return HandleCalls.tryOpen(AT_FDCWD, handle, flags);
    }

    /** What {@code handle} names on this mount, without opening it for anything; empty as for {@link #tryOpen}. */
    public Optional<Fd> tryFind(FileHandle handle) {
        return tryOpen(handle, OpenFlags.PATH);
    }

    /** Goes back to where the thread was. */
    @Override
    public void close() {
        Syscalls.call1(SyscallNumber.FCHDIR, before.number());
        before.close();
    }
}
