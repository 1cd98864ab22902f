package dev.stasis.linux.memory;

import static dev.stasis.linux.internal.Syscalls.check;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.internal.Syscalls;

/**
 * Copies many pieces of another process's memory into one buffer by a single call. Fill it with {@link #add}, then
 * {@link #read}. One thread at a time.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/process_vm_readv.2.html">process_vm_readv(2)</a>
 */
public final class MemoryGather {
    private static final int PIECES = 1024;
    private static final int IOVEC = 16;

    private final Pid pid;
    private final NativeMemory buffer;
    private final NativeMemory local = NativeMemory.allocate(IOVEC);
    private final NativeMemory remote = NativeMemory.allocate(PIECES * IOVEC);
    private int pieces;
    private int length;

    /** Gathers memory of process {@code pid} in {@code buffer}. */
    public MemoryGather(Pid pid, NativeMemory buffer) {
        this.pid = pid;
        this.buffer = buffer;
    }

    /** Adds up to {@code wanted} bytes from {@code start}; returns how many there was room for, 0 when it is full. */
    public int add(RemoteAddress start, long wanted) {
        int taken = (int) Math.min(wanted, buffer.size() - length);
        if (pieces == PIECES || taken == 0) {
            return 0;
        }
        remote.putLong(pieces * IOVEC, start.value()).putLong(pieces * IOVEC + 8, taken);
        pieces++;
        length += taken;
        return taken;
    }

    /** How many bytes were added. */
    public int length() {
        return length;
    }

    /** Reads all that was added into the buffer and empties the list; false when not all of it is readable. */
    public boolean read() {
        local.putLong(0, buffer.address()).putLong(8, length);
        long count = Syscalls.call6(SyscallNumber.PROCESS_VM_READV, pid.number(), local.address(), 1, remote.address(), pieces, 0);
        boolean complete = count == length;
        if (count < 0 && count != -14) {
            check("process_vm_readv", pid, count);
        }
        clear();
        return complete;
    }

    /**
     * Reads all that was added through {@code memory}, the process's /proc/PID/mem, piece by piece, and empties the list. Slower
     * than {@link #read}, but what cannot be read by the process itself is read too, and pages that it shares with others since
     * fork(2) stay shared: process_vm_readv(2) has the kernel copy them first (from Linux 5.19 on).
     */
    public void readShared(Fd memory) {
        int done = 0;
        for (int i = 0; i < pieces; i++) {
            long start = remote.getLong(i * IOVEC);
            int size = (int) remote.getLong(i * IOVEC + 8);
            for (int at = 0; at < size; ) {
                long count = check("pread /proc/" + pid + "/mem", new RemoteAddress(start + at), Syscalls.call4(
                        SyscallNumber.PREAD64, memory.number(), buffer.address() + done + at, size - at, start + at));
                if (count == 0) {
                    throw new KernelException("pread /proc/" + pid + "/mem", new RemoteAddress(start + at), Errno.EIO);
                }
                at += (int) count;
            }
            done += size;
        }
        clear();
    }

    /** Forgets what was added. */
    public void clear() {
        pieces = 0;
        length = 0;
    }
}
