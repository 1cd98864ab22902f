package dev.stasis.linux.memory;

import static dev.stasis.linux.internal.Syscalls.check;

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

    /** Forgets what was added. */
    public void clear() {
        pieces = 0;
        length = 0;
    }
}
