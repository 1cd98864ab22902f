package dev.stasis.plugins.inotify;

import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.notify.InotifyEvent;
import dev.stasis.linux.notify.QueuePeek;
import dev.stasis.spi.Options;
import java.util.List;

/** Looking into queues without emptying them, where the kernel allows it. */
final class QueueSight implements AutoCloseable {
    private final boolean wanted;
    private QueuePeek peek;
    private boolean impossible;

    /** As {@code options} say. */
    QueueSight(Options options) {
        this.wanted = Policies.looksIntoQueues(options);
    }

    /** Makes the first real use a quick one: while a tree stands still there is no time to load what it takes. */
    static void warmUp() {
        try {
            QueuePeek.open().close();
        } catch (KernelException e) {
            // Too old a kernel, or one that does not know itself; or no right to.
        }
    }

    private boolean isPossible() {
        if (peek == null && wanted && !impossible) {
            try {
                peek = QueuePeek.open();
            } catch (KernelException e) {
                impossible = true;
            }
        }
        return peek != null;
    }

    /**
     * What is in the queue of {@code instance}, behind what {@code before} told of if that is not null; null when it cannot be
     * looked into: then it must be emptied.
     */
    QueuePeek.Look look(Fd instance, QueuePeek.Look before) {
        if (!isPossible()) {
            return null;
        }
        try {
            return (before == null ? peek.look(instance) : peek.lookAgain(instance, before)).orElse(null);
        } catch (KernelException e) {
            impossible = true;
            close();
            return null;
        }
    }

    /** Whether queues can be looked into. */
    boolean isThere() {
        return isPossible();
    }

    /** How many events {@code instance} takes; 0 when that cannot be seen. */
    int limit(Fd instance) {
        return isPossible() ? Math.max(peek.limit(instance), 0) : 0;
    }

    /** Whether the queue of {@code instance} ends with {@code events}, or that cannot be seen. Nobody may add events meanwhile. Any thread. */
    synchronized boolean endsWith(Fd instance, List<InotifyEvent> events) {
        return events.isEmpty() || !isPossible() || Renames.areSame(events, peek.last(instance, events.size()));
    }

    @Override
    public void close() {
        if (peek != null) {
            peek.close();
            peek = null;
        }
    }
}
