package dev.stasis.host.image;

import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;

/**
 * A thread that computes checksums of large files on another processor, behind whoever writes them or beside whoever reads
 * them. It only ever helps: whoever needs a checksum calls {@link FileChecksum#complete()} and does what is left to do, and
 * that is also where an error in reading shows.
 *
 * <p>Start it from a thread that is not bound to a processor: the kernel lets a new thread inherit the binding.
 */
final class ChecksumThread implements Runnable, AutoCloseable {
    private final CopyOnWriteArrayList<FileChecksum> files = new CopyOnWriteArrayList<>();
    private final Thread thread = new Thread(this, "stasis-checksum");
    private final Runnable first;
    private volatile boolean closed;

    /** Starts the thread, which runs {@code first} and then has nothing to do yet. */
    ChecksumThread(Runnable first) {
        this.first = first;
        thread.setDaemon(true);
        thread.start();
    }

    /** Takes {@code file} on. */
    void add(FileChecksum file) {
        files.add(file);
        wake();
    }

    /** Says that there may be work to do. */
    void wake() {
        LockSupport.unpark(thread);
    }

    @Override
    public void run() {
        first.run();
        while (!closed) {
            if (!stepOnce()) {
                LockSupport.park(this);
            }
        }
    }

    private boolean stepOnce() {
        boolean worked = false;
        for (FileChecksum file : files) {
            try {
                if (!closed && file.waiting() >= FileChecksum.STEP) {
                    file.step();
                    worked = true;
                }
            } catch (RuntimeException e) {
                files.remove(file);
            }
        }
        return worked;
    }

    /** Ends the thread and waits until it no longer touches any file. */
    @Override
    public void close() {
        closed = true;
        wake();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
