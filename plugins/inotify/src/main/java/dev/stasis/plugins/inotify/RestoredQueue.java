package dev.stasis.plugins.inotify;

import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.notify.WatchDescriptor;
import dev.stasis.spi.Log;
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
    private final QueueSight sight;
    private final Log log;
    /** How many events the instance takes. */
    private int limit;
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

    private RestoredQueue(EventQueue queue, WatchDescriptor unused, String subject, Companion companion, QueueSight sight, Log log, int limit) {
        this.queue = queue;
        this.unused = unused;
        this.subject = subject;
        this.companion = companion;
        this.sight = sight;
        this.log = log;
        this.limit = limit;
    }

    /**
     * That of {@code entry}, for an instance that is made now; errors are told of {@code subject}.
     *
     * @param sight looks at what comes of it
     */
    static RestoredQueue of(InstanceEntry entry, String subject, Companion companion, QueueSight sight, Log log) {
        EventQueue queue = new EventQueue(Integer.MAX_VALUE);
        queue.append(entry.events());
        return new RestoredQueue(queue, FreeNumbers.two(entry.watches(), entry.events()), subject, companion, sight, log,
                LiveQueue.limit());
    }

    /** Why it cannot be built; null when it can. */
    Problem problem(int limitBefore) {
        int needed = queue.needed(limitBefore);
        if (queue.isEmpty() || needed <= limit && limit <= QueueLimit.MOST) {
            return null;
        }
        return needed <= limit ? QueueLimit.tooHigh().problems().get(0)
                : new Problem(InotifyErrorCode.QUEUE_LIMIT_TOO_LOW, subject, queue.events().size()
                + " events wait to be read, and an inotify instance takes not more than " + limit + " here",
                "raise sysctl fs.inotify.max_queued_events to at least " + needed);
    }

    /** The setting is the whole machine's, and none of ours to change. */
    void warnIfTakesLess(int limitBefore) {
        if (limit < limitBefore) {
            log.warn(subject + ": the inotify instance takes not more than " + limit + " events from now on, where it took " + limitBefore
                    + " (sysctl fs.inotify.max_queued_events)");
        }
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
            queue.makeBuildable(limit);
            builder = new QueueBuilder(instance, limit, space, sight);
        }
        return builder;
    }

    private void build(Fd instance) {
        long begin = System.nanoTime();
        builder(instance).fill(queue.events(), unused);
        if (!builder.isAsWanted()) {
            buildAnew(instance);
        }
        if (!waits) {
            open();
        }
        nanos += System.nanoTime() - begin;
    }

    /** Once more when the instance takes another number of events than new ones do by now, and else only the mark that events are missing. */
    private void buildAnew(Fd instance) {
        closeBuilder();
        QueueLimit.discard(instance);
        int before = limit;
        try (ScratchSpace other = ScratchSpace.create()) {
            limit = QueueLimit.measure(instance, unused, other);
        }
        if (limit == before || queue.needed(0) > limit) {
            log.warn(subject + ": the events that wait in it cannot be made to happen again as they were; an overflow tells of them");
            queue.replaceByOverflow();
        }
        builder(instance).fill(queue.events(), unused);
        if (!builder.isAsWanted()) {
            throw new StasisException(new Problem(InotifyErrorCode.QUEUE_NOT_REBUILT, subject,
                    "what is in its queue is not what should be", ""));
        }
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
                QueueLimit.discard(instance);
                queue.appendOverflow();
                build(instance);
            } else if (building != null) {
                if (preparing != null) {
                    companion.finish(preparing);
                }
                companion.finish(building);
            }
        } catch (KernelException e) {
            throw RestoredInstance.explained(e, subject);
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
            throw RestoredInstance.explained(e, subject);
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
