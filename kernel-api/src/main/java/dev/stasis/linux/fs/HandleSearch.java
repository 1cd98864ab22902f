package dev.stasis.linux.fs;

import dev.stasis.linux.CallBatch;
import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.SyscallNumber;

/**
 * Finds what many handles name, and looks at it, in one go: what {@link HandleMount#tryFind} and {@link FileCalls#briefStatus} do
 * for one. Handles are added until it is full, and looked for on the mount that the calling thread {@linkplain HandleMount#enter
 * has entered}; then what was found is taken; then the next ones are added. From one thread only.
 *
 * @see "open_by_handle_at(2) with AT_FDCWD and O_PATH, statx(2)"
 */
public final class HandleSearch implements AutoCloseable {
    /** How many handles it takes. */
    private static final int ROOM = 256;
    private static final int CALLS = 3;
    private static final int BYTES = 8;
    private static final int HANDLE_SIZE = BYTES + FileHandle.MAX_SIZE;
    private static final int STATUSES = ROOM * HANDLE_SIZE;
    /** In longs. */
    private static final int STATUS_SIZE = 256 / Long.BYTES;
    private static final int EMPTY_PATH = STATUSES + ROOM * STATUS_SIZE * Long.BYTES;
    private static final int FLAGS = OpenFlags.PATH.with(OpenFlags.CLOEXEC).bits();

    private final byte[] handles = new byte[STATUSES];
    private final long[] statuses = new long[ROOM * STATUS_SIZE];
    private final NativeMemory memory = NativeMemory.allocate(EMPTY_PATH + 1);
    private final CallBatch batch = new CallBatch(ROOM * CALLS, 0);
    private int count;
    /** How many of them were looked for, which one of these it is at, and which was taken last. */
    private int made;
    private int current = -1;
    private int taken = -1;

    /** Whether it takes no more handles before it is {@linkplain #clear cleared}. */
    public boolean isFull() {
        return count == ROOM;
    }

    /** Adds {@code handle}. */
    public void add(FileHandle handle) {
        int at = count * HANDLE_SIZE;
        putInt(at, handle.bytes().length);
        putInt(at + Integer.BYTES, handle.type());
        System.arraycopy(handle.bytes(), 0, handles, at + BYTES, handle.bytes().length);
        int open = batch.add("open_by_handle_at", SyscallNumber.OPEN_BY_HANDLE_AT, FileCalls.AT_FDCWD, memory.address() + at, FLAGS);
        batch.mayFail(open, 2);
        batch.pass(open, 0);
        int look = batch.add("statx", SyscallNumber.STATX, 0, memory.address() + EMPTY_PATH, FileCalls.AT_EMPTY_PATH,
                FileCalls.STATX_BRIEF, memory.address() + STATUSES + (long) count * STATUS_SIZE * Long.BYTES);
        batch.mayFail(look, 0);
        count++;
    }

    private void putInt(int at, int value) {
        for (int i = 0; i < Integer.BYTES; i++) {
            handles[at + i] = (byte) (value >>> 8 * i);
        }
    }

    /** Looks for what was added; {@link #next} goes to the first of it then. */
    public void run() {
        memory.put(0, handles, 0, count * HANDLE_SIZE);
        batch.tryRun();
        memory.get(STATUSES, statuses, 0, count * STATUS_SIZE);
        made = count;
    }

    /** Goes to the next handle, in the order in which they were added; false behind the last one. */
    public boolean next() {
        closeCurrent();
        current++;
        return current < made;
    }

    /**
     * Whether there is what it names; not when there is no such inode any more or the file system opens no handles. Throws
     * {@link KernelException} when it is there and there was no room for it.
     */
    public boolean isFound() {
        long result = opened();
        if (result == -Errno.EMFILE.number() || result == -Errno.ENFILE.number() || result == -Errno.ENOMEM.number()) {
            throw new KernelException("open_by_handle_at", "file handle", new Errno((int) -result));
        }
        return result >= 0;
    }

    private long opened() {
        return batch.result(current * CALLS);
    }

    /** What was found is like. */
    public BriefStatus status() {
        long result = batch.result(current * CALLS + 2);
        if (result < 0) {
            throw new KernelException("statx", "file handle", new Errno((int) -result));
        }
        int at = current * STATUS_SIZE;
        return new BriefStatus((int) (statuses[at + 3] >>> 32) & 0xffff, statuses[at + 4],
                new Timestamp(statuses[at + 12], (int) statuses[at + 13]));
    }

    /** What was found, O_PATH, which the caller then owns; what is not taken is closed. Once. */
    public Fd take() {
        taken = current;
        return Fd.own((int) opened());
    }

    private void closeCurrent() {
        if (current >= 0 && current < made && taken != current && opened() >= 0) {
            Fd.own((int) opened()).close();
        }
    }

    /** Closes what was found and not taken; the next handles can be added then. */
    public void clear() {
        boolean more = current < made;
        while (more) {
            more = next();
        }
        batch.clear();
        current = -1;
        taken = -1;
        made = 0;
        count = 0;
    }

    @Override
    public void close() {
        clear();
    }
}
