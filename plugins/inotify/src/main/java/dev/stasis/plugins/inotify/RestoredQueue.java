package dev.stasis.plugins.inotify;

import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.notify.InotifyCalls;
import dev.stasis.linux.notify.WatchDescriptor;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;

/**
 * The queue of an instance on its way back. A second thread builds it from when the instance exists: as long as it watches
 * nothing but stand-ins, nothing that the restore does shows in it. Once it is filled up watches can be added.
 */
final class RestoredQueue implements AutoCloseable, Runnable {
    private final EventQueue queue;
    private final WatchDescriptor unused;
    private final String subject;
    private final CountDownLatch full = new CountDownLatch(1);
    /** Null when there is nothing to build. */
    private Future<?> building;
    private Fd own;
    private boolean begun;
    private volatile long micros;

    private RestoredQueue(EventQueue queue, WatchDescriptor unused, String subject) {
        this.queue = queue;
        this.unused = unused;
        this.subject = subject;
    }

    /** That of {@code entry}, whose watches {@code missed} something since; errors are told of {@code subject}. */
    static RestoredQueue of(InstanceEntry entry, boolean missed, String subject) {
        EventQueue queue = new EventQueue(LiveQueue.limit());
        queue.append(entry.events());
        if (missed) {
            queue.appendOverflow();
        }
        return new RestoredQueue(queue, unused(entry), subject);
    }

    private static WatchDescriptor unused(InstanceEntry entry) {
        int highest = entry.next().number();
        for (int i = 0; i < entry.events().size(); i++) {
            highest = Math.max(highest, entry.events().get(i).watch().number());
        }
        return new WatchDescriptor(highest + 1);
    }

    /** Has {@code companion} build that of {@code instance}, which must not get watches before {@link #fill}. */
    void begin(Fd instance, Companion companion) {
        if (!queue.isEmpty()) {
            own = instance.duplicate(); // whoever gives up closes the other, and its number is soon that of something else
            building = companion.begin(this);
        }
    }

    /** On the second thread, unless the first was here before. */
    @Override
    public void run() {
        try {
            if (isMine()) {
                build(own);
            }
        } finally {
            full.countDown();
        }
    }

    private synchronized boolean isMine() {
        boolean mine = !begun;
        begun = true;
        return mine;
    }

    /**
     * The queue of {@code instance} is filled up then, so that watches can be added, or complete; with a mark at its end that
     * events are missing if a watch is {@code lost}.
     */
    void fill(Fd instance, boolean lost) {
        try {
            if (lost && !queue.isOverflowed()) {
                close();
                LiveQueue.drain(instance);
                queue.appendOverflow();
                build(instance);
            } else if (building != null && isMine()) {
                building = null;
                build(instance);
            } else if (building != null) {
                awaitFull();
            }
        } catch (KernelException e) {
            throw RestoredInstance.explained(e);
        }
    }

    private void awaitFull() {
        boolean interrupted = false;
        while (full.getCount() > 0) {
            try {
                full.await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** It is complete then, and nobody else touches the instance any more. */
    void finish() {
        try {
            if (building != null) {
                Companion.await(building);
            }
        } catch (KernelException e) {
            throw RestoredInstance.explained(e);
        } finally {
            close();
        }
    }

    private void build(Fd instance) {
        long begin = System.nanoTime();
        try (ScratchSpace space = ScratchSpace.create()) {
            QueueBuilder builder = new QueueBuilder(instance, queue.buildable(), space);
            builder.fill(queue.events(), unused);
            if (!builder.holds(queue)) {
                throw new StasisException(new Problem(InotifyErrorCode.QUEUE_NOT_REBUILT, subject, InotifyCalls.pending(instance)
                        + " bytes of events, with all that fills it up, where " + queue.size() + " should be at the end", ""));
            }
            full.countDown();
            builder.open();
        }
        micros = (System.nanoTime() - begin) / 1000;
    }

    int count() {
        return queue.events().size();
    }

    /** What it took to build it. */
    long micros() {
        return micros;
    }

    /** Nobody else touches the instance any more when this returns. */
    @Override
    public void close() {
        if (own == null) {
            return;
        }
        try {
            if (building != null && !isMine()) {
                Companion.await(building);
            }
        } catch (RuntimeException e) {
            // Told by finish(); here somebody gives up, or begins anew.
        } finally {
            own.close();
            own = null;
            building = null;
        }
    }
}
