package dev.stasis.host.model;

import java.util.concurrent.locks.LockSupport;

/**
 * A thread that does half of another one's work when there is much of it, on another CPU. It is there before it is needed: a
 * thread that is started while a tree stands still takes long to begin, and is bound to the CPU of the one that starts it.
 *
 * <p>All methods are for the one thread that it helps. A daemon: it never keeps the process alive.
 */
final class Companion implements Runnable, AutoCloseable {
    private final Thread thread = new Thread(this, "stasis-companion");
    private volatile Runnable work;
    private volatile Thread waiting;
    private volatile Throwable failure;
    private volatile boolean closed;

    /** Starts it. From a thread that is not bound to a CPU, which it would inherit. */
    Companion() {
        thread.setDaemon(true);
        thread.start();
    }

    /** Does what it is given. */
    @Override
    public void run() {
        while (!closed) {
            Runnable given = work;
            if (given == null) {
                LockSupport.park(this);
            } else {
                doIt(given);
            }
        }
    }

    private void doIt(Runnable given) {
        try {
            given.run();
        } catch (RuntimeException | Error thrown) {
            failure = thrown;
        }
        work = null;
        LockSupport.unpark(waiting);
    }

    /** Has {@code half} done, and returns at once; {@link #await} must follow whatever happens. */
    void begin(Runnable half) {
        failure = null;
        work = half;
        LockSupport.unpark(thread);
    }

    /** Waits until that is done. What it threw is thrown here. */
    void await() {
        waiting = Thread.currentThread();
        boolean interrupted = false;
        while (work != null) {
            LockSupport.park(this);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure != null) {
            throw (RuntimeException) failure;
        }
    }

    /** Ends the thread, which has nothing to do any more. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
