package dev.stasis.linux.ptrace;

import dev.stasis.linux.Errno;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.internal.Syscalls;
import java.util.Optional;

/**
 * Looks through a task's executable mappings for a {@link CallSite}: bytes at any alignment serve, and every C library has
 * them. The search itself runs in libc's {@code memmem}, because a cold JVM would need tens of milliseconds for it.
 */
public final class CallSiteSearch {
    private static final byte[] SYSCALL = {0x0f, 0x05};
    private static final byte[] SYSCALL_RET = {0x0f, 0x05, (byte) 0xc3};
    private static final byte[] RESTORER_EAX = {(byte) 0xb8, 0x0f, 0, 0, 0, 0x0f, 0x05};
    private static final byte[] RESTORER_RAX = {0x48, (byte) 0xc7, (byte) 0xc0, 0x0f, 0, 0, 0, 0x0f, 0x05};
    private static final int CHUNK = 1 << 20;
    private static final int OVERLAP = 16;

    private static final long MEMMEM = Syscalls.symbol("memmem");
    /** One for all searches of a thread: native memory is given back only when garbage is collected. */
    private static final ThreadLocal<NativeMemory> CHUNKS = new ThreadLocal<>();

    private final RemoteMemory memory;
    private final NativeMemory chunk = chunk();
    private final NativeMemory needle = NativeMemory.allocate(OVERLAP);
    private RemoteAddress plain;
    private RemoteAddress returning;
    private RemoteAddress restorer;

    /** Searches in {@code memory}, which is borrowed. */
    public CallSiteSearch(RemoteMemory memory) {
        this.memory = memory;
    }

    /** Looks through the mapping from {@code start} of {@code length} bytes; returns whether all is found now. */
    public boolean offer(RemoteAddress start, long length) {
        for (long done = 0; done < length && !isComplete(); done += CHUNK - OVERLAP) {
            int count = fill(start.plus(done), (int) Math.min(CHUNK, length - done));
            look(start.plus(done), count);
        }
        return isComplete();
    }

    /** The best site found so far; empty when there is not even a {@code syscall} instruction. */
    public Optional<CallSite> result() {
        if (isComplete()) {
            return Optional.of(new CallSite(returning, restorer));
        }
        return plain == null ? Optional.empty() : Optional.of(CallSite.of(plain));
    }

    private static NativeMemory chunk() {
        NativeMemory own = CHUNKS.get();
        if (own == null) {
            own = NativeMemory.allocate(CHUNK);
            CHUNKS.set(own);
        }
        return own;
    }

    private boolean isComplete() {
        return returning != null && restorer != null;
    }

    private int fill(RemoteAddress start, int length) {
        try {
            return FileCalls.readAt(memory.descriptor(), chunk, length, start.value());
        } catch (KernelException e) {
            if (e.is(Errno.EIO) || e.is(Errno.EFAULT)) {
                return 0; // not readable, such as a mapping beyond the end of its file
            }
            throw e;
        }
    }

    private void look(RemoteAddress start, int count) {
        plain = plain != null ? plain : find(start, count, SYSCALL);
        returning = returning != null ? returning : find(start, count, SYSCALL_RET);
        restorer = restorer != null ? restorer : find(start, count, RESTORER_RAX);
        restorer = restorer != null ? restorer : find(start, count, RESTORER_EAX);
    }

    private RemoteAddress find(RemoteAddress start, int count, byte[] bytes) {
        needle.put(0, bytes);
        long found = Syscalls.libc6(MEMMEM, chunk.address(), count, needle.address(), bytes.length, 0, 0);
        return found == 0 ? null : start.plus(found - chunk.address());
    }
}
