package dev.stasis.linux.process;

import static dev.stasis.linux.internal.Syscalls.check;

import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.internal.Scratch;
import dev.stasis.linux.internal.Syscalls;

/**
 * A scope in which the calling thread, and it alone, acts as other users; its saved user stays, so that it can come back.
 * Needs CAP_SETUID. Meanwhile the thread has no capabilities unless the effective user is root's.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/setresuid.2.html">setresuid(2)</a>
 */
public final class BorrowedUsers implements AutoCloseable {
    private static final int PR_GET_DUMPABLE = 3;
    private static final int PR_SET_DUMPABLE = 4;

    private final int uid;
    private final int effectiveUid;
    private final long dumpable;

    private BorrowedUsers(int uid, int effectiveUid, long dumpable) {
        this.uid = uid;
        this.effectiveUid = effectiveUid;
        this.dumpable = dumpable;
    }

    /** Acts as real user {@code uid} and effective user {@code effectiveUid} until the scope is closed. */
    public static BorrowedUsers of(int uid, int effectiveUid) {
        Scratch scratch = Scratch.take();
        int at = scratch.reserve(16);
        check("getresuid", "this thread", Syscalls.call3(SyscallNumber.GETRESUID, scratch.address(at), scratch.address(at + 4),
                scratch.address(at + 8)));
        BorrowedUsers borrowed = new BorrowedUsers(scratch.memory().getInt(at), scratch.memory().getInt(at + 4),
                Syscalls.call1(SyscallNumber.PRCTL, PR_GET_DUMPABLE));
        // The system call, not libc's function: that one changes all threads.
        check("setresuid", uid + ", " + effectiveUid, Syscalls.call3(SyscallNumber.SETRESUID, uid, effectiveUid, -1));
        return borrowed;
    }

    /** Acts as before. A change of the effective user makes the whole process undumpable; that is undone too. */
    @Override
    public void close() {
        check("setresuid", uid + ", " + effectiveUid, Syscalls.call3(SyscallNumber.SETRESUID, uid, effectiveUid, -1));
        Syscalls.call2(SyscallNumber.PRCTL, PR_SET_DUMPABLE, dumpable);
    }
}
