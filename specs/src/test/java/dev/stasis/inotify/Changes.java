package dev.stasis.inotify;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Somebody who changes a directory again and again until closed; one who makes pauses, until a queue is nearly full. */
final class Changes implements AutoCloseable {
    /** Each makes six events. */
    private static final int MOST = 2_500;

    private final Path directory;
    private final long pauseNanos;
    private final AtomicLong done = new AtomicLong();
    private final Thread thread;
    private volatile boolean stopped;

    private Changes(Path directory, long pauseNanos) {
        this.directory = directory;
        this.pauseNanos = pauseNanos;
        this.thread = new Thread(this::run, "changes");
    }

    /** Begins, with a pause of {@code pauseNanos} between changes. */
    static Changes in(Path directory, long pauseNanos) {
        Changes changes = new Changes(directory, pauseNanos);
        changes.thread.start();
        return changes;
    }

    private void run() {
        try {
            for (int i = 0; (pauseNanos == 0 || i < MOST) && !stopped; i++) {
                Path one = directory.resolve("one" + i);
                Path other = directory.resolve("inner").resolve("other" + i);
                Files.writeString(one, "x");
                Files.move(one, other, StandardCopyOption.ATOMIC_MOVE);
                pause();
                Files.delete(other);
                done.incrementAndGet();
                pause();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            stopped = true;
        }
    }

    private void pause() {
        if (pauseNanos > 0) {
            LockSupport.parkNanos(pauseNanos);
        }
    }

    /** How many changes were made. */
    long done() {
        return done.get();
    }

    /** Whether it makes no more. */
    boolean hasStopped() {
        return stopped;
    }

    @Override
    public void close() throws InterruptedException {
        stopped = true;
        thread.join();
    }
}
