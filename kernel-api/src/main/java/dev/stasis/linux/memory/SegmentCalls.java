package dev.stasis.linux.memory;

import static dev.stasis.linux.internal.Syscalls.check;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.internal.Scratch;
import dev.stasis.linux.internal.Syscalls;
import dev.stasis.linux.process.BorrowedUsers;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalInt;

/** Calls on System V shared memory segments of this process's IPC namespace. */
public final class SegmentCalls {
    /** Of a segment that goes with the last who is attached. */
    public static final int SHM_DEST = 01000;
    /** Of a segment that is kept in memory. */
    public static final int SHM_LOCKED = 02000;

    private static final UnixPath NEXT_ID = UnixPath.of("/proc/sys/kernel/shm_next_id");
    private static final int STATUS = 112;
    private static final int IPC_RMID = 0;
    private static final int IPC_SET = 1;
    private static final int IPC_STAT = 2;
    private static final int SHM_LOCK = 11;
    private static final int IPC_CREAT_EXCLUSIVE = 01000 | 02000;

    private SegmentCalls() {}

    /** The segment {@code id}; empty when there is none. @see shmctl(2) IPC_STAT */
    public static Optional<Segment> find(int id) {
        Scratch scratch = Scratch.take();
        int at = scratch.reserveCleared(STATUS);
        long result = Syscalls.call3(SyscallNumber.SHMCTL, id, IPC_STAT, scratch.address(at));
        if (result == -Errno.EINVAL.number() || result == -Errno.EIDRM.number()) {
            return Optional.empty();
        }
        check("shmctl IPC_STAT", id, result);
        NativeMemory m = scratch.memory();
        return Optional.of(new Segment(id, m.getInt(at), m.getInt(at + 4), m.getInt(at + 8), m.getInt(at + 12), m.getInt(at + 16),
                m.getInt(at + 20), m.getLong(at + 48), m.getInt(at + 84), m.getLong(at + 88)));
    }

    /** The number of the segment with {@code key}; empty when there is none. @see shmget(2) */
    public static OptionalInt byKey(int key) {
        long result = Syscalls.call3(SyscallNumber.SHMGET, key, 0, 0);
        return result < 0 ? OptionalInt.empty() : OptionalInt.of((int) result);
    }

    /**
     * Makes segment {@code id} as user {@code creator}; false when the kernel gave it another number, and then nothing is left. Takes
     * CAP_CHECKPOINT_RESTORE and a kernel with CONFIG_CHECKPOINT_RESTORE. @see shmget(2)
     */
    public static boolean create(int id, int key, long size, int permissions, int creator) {
        try (Fd next = FileCalls.open(NEXT_ID, OpenFlags.WRONLY, 0)) {
            FileCalls.write(next, Integer.toString(id).getBytes(StandardCharsets.ISO_8859_1));
        }
        int made = creator == 0 ? make(key, size, permissions) : makeAs(creator, key, size, permissions);
        if (made != id) {
            remove(made);
        }
        return made == id;
    }

    private static int makeAs(int creator, int key, long size, int permissions) {
        try (BorrowedUsers user = BorrowedUsers.of(creator, creator)) {
            return make(key, size, permissions);
        }
    }

    private static int make(int key, long size, int permissions) {
        return (int) check("shmget", "key 0x" + Integer.toHexString(key),
                Syscalls.call3(SyscallNumber.SHMGET, key, size, IPC_CREAT_EXCLUSIVE | permissions));
    }

    /** Gives segment {@code id} an owner and permissions. @see shmctl(2) IPC_SET */
    public static void own(int id, int uid, int gid, int permissions) {
        Scratch scratch = Scratch.take();
        int at = scratch.reserveCleared(STATUS);
        scratch.memory().putInt(at + 4, uid).putInt(at + 8, gid).putInt(at + 20, permissions);
        check("shmctl IPC_SET", id, Syscalls.call3(SyscallNumber.SHMCTL, id, IPC_SET, scratch.address(at)));
    }

    /** Keeps segment {@code id} in memory. @see shmctl(2) SHM_LOCK */
    public static void lock(int id) {
        check("shmctl SHM_LOCK", id, Syscalls.call3(SyscallNumber.SHMCTL, id, SHM_LOCK, 0));
    }

    /** Has segment {@code id} go with the last who is attached, at once when nobody is. @see shmctl(2) IPC_RMID */
    public static void remove(int id) {
        check("shmctl IPC_RMID", id, Syscalls.call3(SyscallNumber.SHMCTL, id, IPC_RMID, 0));
    }
}
