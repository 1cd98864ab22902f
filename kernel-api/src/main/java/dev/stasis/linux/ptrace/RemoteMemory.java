package dev.stasis.linux.ptrace;

import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.Errno;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;

/**
 * The memory of another process, read and written whatever its protection is. It stays usable after the process has
 * changed its credentials. Close it when done.
 *
 * @see <a href="https://man7.org/linux/man-pages/man5/proc_pid_mem.5.html">proc_pid_mem(5)</a>
 */
public final class RemoteMemory implements AutoCloseable {
    private static final int SMALL = 1 << 16;

    private final Pid pid;
    private final Fd mem;
    private final NativeMemory small = NativeMemory.allocate(SMALL);

    private RemoteMemory(Pid pid, Fd mem) {
        this.pid = pid;
        this.mem = mem;
    }

    /** Opens the memory of process {@code pid}. */
    public static RemoteMemory open(Pid pid) {
        return new RemoteMemory(pid, FileCalls.open(UnixPath.of("/proc/" + pid + "/mem"), OpenFlags.RDWR, 0));
    }

    /** A copy of {@code length} bytes from {@code address}; throws EFAULT or EIO when they are not all there. */
    public byte[] read(RemoteAddress address, int length) {
        byte[] bytes = new byte[length];
        for (int done = 0; done < length; ) {
            int count = FileCalls.readAt(mem, small, Math.min(length - done, SMALL), address.value() + done);
            requireProgress("read", count, address.plus(done));
            small.buffer().get(0, bytes, done, count);
            done += count;
        }
        return bytes;
    }

    /** Writes {@code bytes} to {@code address}, also where the process itself could not. */
    public void write(RemoteAddress address, byte[] bytes) {
        for (int done = 0; done < bytes.length; ) {
            int length = Math.min(bytes.length - done, SMALL);
            small.buffer().put(0, bytes, done, length);
            int count = FileCalls.writeAt(mem, small, length, address.value() + done);
            requireProgress("write", count, address.plus(done));
            done += count;
        }
    }

    /** The eight bytes at {@code address}, little-endian. */
    public long readLong(RemoteAddress address) {
        int count = FileCalls.readAt(mem, small, Long.BYTES, address.value());
        requireProgress("read", count == Long.BYTES ? count : 0, address);
        return small.getLong(0);
    }

    /** Sets the eight bytes at {@code address}. */
    public void writeLong(RemoteAddress address, long value) {
        small.putLong(0, value);
        int count = FileCalls.writeAt(mem, small, Long.BYTES, address.value());
        requireProgress("write", count == Long.BYTES ? count : 0, address);
    }

    /** The descriptor behind it, borrowed: for bulk transfers with pread(2) and pwrite(2) at remote addresses. */
    public Fd descriptor() {
        return mem;
    }

    private void requireProgress(String call, int count, RemoteAddress address) {
        if (count <= 0) {
            throw new KernelException(call, "/proc/" + pid + "/mem at " + address, Errno.EIO);
        }
    }

    @Override
    public void close() {
        mem.close();
    }

    @Override
    public String toString() {
        return "memory of process " + pid;
    }
}
