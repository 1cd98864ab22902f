package dev.stasis.host;

import dev.stasis.host.task.freeze.Strays;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The one OS thread that does all work on traced tasks: the kernel ties a traced task to the thread that attached to it.
 *
 * <p>A daemon platform thread, so that it never keeps the process alive by itself.
 */
final class TracerThread implements Runnable, AutoCloseable {
    private static final long PAUSE_MILLIS = 10;

    private final LinkedBlockingQueue<Runnable> work = new LinkedBlockingQueue<>();
    private final Thread thread = new Thread(this, "stasis-tracer");
    private volatile boolean closed;
    private volatile boolean staying;

    TracerThread() {
        thread.setDaemon(true);
        thread.start();
    }

    /** Has {@code task} done on the thread, which must not throw, and returns at once. */
    void submit(Runnable task) {
        work.add(task);
    }

    /** Does {@code task} on the thread and returns its result, or throws what it threw. One at a time. */
    <T> T call(Callable<T> task) {
        FutureTask<T> future = new FutureTask<>(task);
        work.add(future);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return future.get();
                } catch (InterruptedException e) {
                    interrupted = true; // half a dump cannot be left: finish, then tell the caller
                }
            }
        } catch (ExecutionException e) {
            throw rethrow(e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static RuntimeException rethrow(Throwable cause) {
        if (cause instanceof Error error) {
            throw error;
        }
        return cause instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(cause);
    }

    /** Works off what it is given, until it is closed. */
    @Override
    public void run() {
        try {
            while (!closed) {
                next().run();
            }
        } catch (InterruptedException e) {
            // closed
        }
    }

    /** While there is somebody to let go of, not only what is given counts. */
    private Runnable next() throws InterruptedException {
        Runnable next = null;
        while (next == null) {
            next = Strays.release() ? work.poll(PAUSE_MILLIS, TimeUnit.MILLISECONDS) : work.take();
        }
        return next;
    }

    /**
     * Keeps the thread until the process ends, also when this is closed: it has become the parent of a task that asked to be
     * told of its parent's death, which to the kernel is the thread's. See PR_SET_PDEATHSIG in prctl(2).
     */
    void stay() {
        staying = true;
    }

    @Override
    public void close() {
        if (!staying) {
            closed = true;
            thread.interrupt();
        }
    }
}
