package dev.stasis.plugins.inotify;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A second thread for what a restore can do beside everything else. Begin it before the calling thread is bound to a processor,
 * for the kernel lets a new thread inherit that. Closing it waits for what it does.
 */
final class Companion implements AutoCloseable, ThreadFactory {
    private final ThreadPoolExecutor executor =
            new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), this);

    private Companion() {}

    static Companion begin() {
        Companion companion = new Companion();
        companion.executor.prestartCoreThread();
        return companion;
    }

    @Override
    public Thread newThread(Runnable work) {
        Thread thread = new Thread(work, "stasis-inotify");
        thread.setDaemon(true);
        return thread;
    }

    /** Has the second thread do {@code work}, behind what it was given before. */
    Future<?> begin(Runnable work) {
        return executor.submit(work);
    }

    /** Whether {@code work} had not been begun; it will not be then. */
    boolean takeBack(Future<?> work) {
        return executor.getQueue().remove(work);
    }

    /** Does {@code work} on this thread if it had not been begun, and else waits until it is done; throws what it threw. */
    void finish(Future<?> work) {
        if (takeBack(work)) {
            ((Runnable) work).run(); // a FutureTask, as all that an executor takes
        }
        await(work);
    }

    /** Waits until {@code work} is done; throws what it threw. */
    static void await(Future<?> work) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    work.get();
                    return;
                } catch (InterruptedException e) {
                    interrupted = true; // what the work touches must not be closed before
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) e.getCause();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void close() {
        boolean interrupted = false;
        executor.getQueue().clear();
        executor.shutdown();
        while (!executor.isTerminated()) {
            try {
                executor.awaitTermination(1, TimeUnit.MINUTES);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
