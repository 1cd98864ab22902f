package dev.stasis.plugins.inotify;

import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.notify.InotifyCalls;
import dev.stasis.linux.notify.WatchDescriptor;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.util.concurrent.Future;

/**
 * The queue of an instance on its way back. The companion builds it from when the instance exists: as long as that watches
 * nothing but stand-ins, nothing that the restore does shows in it.
 *
 * <p>While it is filled up watches can be added, and what they see is dropped. So one queue at a time, for a full one takes the kernel a
 * megabyte, is kept filled up until the restore touches nothing any more, and the companion adds the watches long before; others are
 * built to the end at once, and have their watches added last.
 */
final class RestoredQueue implements AutoCloseable {
    /** Adds all watches. */
    interface Watching {
        /** Adds them to {@code instance}, which is borrowed. */
        void begin(Fd instance);
    }

    private final EventQueue queue;
    private final WatchDescriptor unused;
    private final String subject;
    private final Companion companion;
    /** Of the instance: whoever gives up closes the other descriptor, and its number is soon that of something else. */
    private Fd own;
    private ScratchSpace space;
    private QueueBuilder builder;
    /** What the companion was given; null when there is nothing to be done. */
    private Future<?> preparing;
    private Future<?> building;
    /** Whether it is kept filled up. */
    private boolean waits;
    private long nanos;

    private RestoredQueue(EventQueue queue, WatchDescriptor unused, String subject, Companion companion) {
        this.queue = queue;
        this.unused = unused;
        this.subject = subject;
        this.companion = companion;
    }

    /** That of {@code entry}; errors are told of {@code subject}. */
    static RestoredQueue of(InstanceEntry entry, String subject, Companion companion) {
        EventQueue queue = new EventQueue(LiveQueue.limit());
        queue.append(entry.events());
        return new RestoredQueue(queue, unused(entry), subject, companion);
    }

    private static WatchDescriptor unused(InstanceEntry entry) {
        int highest = entry.next().number();
        for (int i = 0; i < entry.events().size(); i++) {
            highest = Math.max(highest, entry.events().get(i).watch().number());
        }
        return new WatchDescriptor(highest + 1);
    }

    /** Whether no event waits, as far as the image tells. */
    boolean isEmpty() {
        return queue.isEmpty();
    }

    /** Begins to fill up the queue of {@code instance}, which must not get watches before {@link #begin}. */
    void prepare(Fd instance) {
        own = instance.duplicate();
        preparing = companion.begin(new Runnable() {
            @Override
            public void run() {
                prepare();
            }
        });
    }

    /**
     * Builds the queue of {@code instance}, which must not get watches before {@link #fill} but by {@code watches}.
     *
     * @param missed whether its watches missed something since
     * @param watches adds all watches when the queue is filled up, and it stays so until {@link #finish}; null when it is to be built
     *     to its end
     */
    void begin(Fd instance, boolean missed, Watching watches) {
        if (missed) {
            queue.appendOverflow();
        }
        if (!queue.isEmpty()) {
            own = own == null ? instance.duplicate() : own;
            waits = watches != null;
            building = companion.begin(new Runnable() {
                @Override
                public void run() {
                    build(own);
                    if (waits) {
                        watches.begin(own);
                    }
                }
            });
        }
    }

    private void prepare() {
        long begin = System.nanoTime();
        builder(own).prepare(queue.events().size(), unused);
        nanos += System.nanoTime() - begin;
    }

    private QueueBuilder builder(Fd instance) {
        if (builder == null) {
            space = ScratchSpace.create();
            builder = new QueueBuilder(instance, queue.buildable(), space);
        }
        return builder;
    }

    private void build(Fd instance) {
        long begin = System.nanoTime();
        builder(instance).fill(queue.events(), unused);
        if (!builder.holds(queue)) {
            throw new StasisException(new Problem(InotifyErrorCode.QUEUE_NOT_REBUILT, subject, InotifyCalls.pending(instance)
                    + " bytes of events, with all that fills it up, where " + queue.size() + " should be at the end", ""));
        }
        if (!waits) {
            open();
        }
        nanos += System.nanoTime() - begin;
    }

    private void open() {
        builder.open();
        closeBuilder();
    }

    /**
     * The queue of {@code instance} takes watches then, or has them all; with a mark at its end that events are missing if a watch is
     * {@code lost}.
     */
    void fill(Fd instance, boolean lost) {
        try {
            if (lost && !queue.isOverflowed()) {
                close();
                LiveQueue.drain(instance);
                queue.appendOverflow();
                build(instance);
            } else if (building != null) {
                if (preparing != null) {
                    companion.finish(preparing);
                }
                companion.finish(building);
            }
        } catch (KernelException e) {
            throw RestoredInstance.explained(e);
        }
    }

    /** It is complete then, and nobody else touches the instance any more. */
    void finish() {
        try {
            if (waits) {
                long begin = System.nanoTime();
                open();
                nanos += System.nanoTime() - begin;
            }
        } catch (KernelException e) {
            throw RestoredInstance.explained(e);
        } finally {
            close();
        }
    }

    int count() {
        return queue.events().size();
    }

    /** What it took to build it. */
    long micros() {
        return nanos / 1000;
    }

    private void closeBuilder() {
        if (builder != null) {
            builder.close();
            space.close();
            builder = null;
            space = null;
        }
    }

    /** Nobody else touches the instance any more when this returns. */
    @Override
    public void close() {
        drop(building);
        drop(preparing);
        building = null;
        preparing = null;
        waits = false;
        closeBuilder();
        if (own != null) {
            own.close();
            own = null;
        }
    }

    /** Told by {@link #fill}; here somebody gives up, or begins anew. */
    private void drop(Future<?> work) {
        if (work != null && !companion.takeBack(work)) {
            try {
                Companion.await(work);
            } catch (RuntimeException e) {
                // Already told, or not to be.
            }
        }
    }
}
