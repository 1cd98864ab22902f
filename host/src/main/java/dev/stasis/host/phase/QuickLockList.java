package dev.stasis.host.phase;

import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import java.util.concurrent.locks.LockSupport;

/**
 * Sees to it that /proc/locks can be read quickly while a tree stands still. For whoever reads it first the kernel waits until no
 * processor can be in the middle of a change of locks, for an RCU grace period of some 10 ms; whoever reads it again within the
 * next one need not wait. So a thread of its own reads it over and over until this is closed.
 */
final class QuickLockList implements Runnable, AutoCloseable {
    private static final UnixPath LOCKS = UnixPath.of("/proc/locks");
    private static final long PAUSE_NANOS = 2_000_000;

    private final Thread thread = new Thread(this, "stasis-lock-list");
    private volatile boolean closed;

    /** Begins. Start it from a thread that is not bound to a processor: the kernel lets a new thread inherit the binding. */
    QuickLockList() {
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void run() {
        try (Fd list = FileCalls.open(LOCKS, OpenFlags.RDONLY, 0)) {
            NativeMemory memory = NativeMemory.allocate(1); // the kernel does not go far for one byte
            while (!closed) {
                FileCalls.readAt(list, memory, 1, 0);
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        } catch (KernelException e) {
            // Whoever needs the list will say what is wrong with it.
        }
    }

    /** Ends the thread soon; not waited for, because it holds nothing. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
