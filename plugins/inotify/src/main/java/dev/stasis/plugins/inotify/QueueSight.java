package dev.stasis.plugins.inotify;

import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.notify.QueuePeek;
import dev.stasis.spi.Options;

/**
 * Looking into queues without emptying them, where the kernel allows it. What is ready for that is kept from the time when an
 * instance is expected until the dump is over.
 */
final class QueueSight implements AutoCloseable {
    private QueuePeek peek;
    private boolean impossible;
    private boolean unwanted;

    /** As {@code options} say. */
    void choose(Options options) {
        unwanted = !Policies.looksIntoQueues(options);
    }

    /** Gets ready, if that is possible. */
    void open() {
        if (peek != null || impossible) {
            return;
        }
        try {
            peek = QueuePeek.open();
        } catch (KernelException e) {
            impossible = true; // too old a kernel, or one that does not know itself; or no right to
        }
    }

    /**
     * What is in the queue of {@code instance}, behind what {@code before} told of if that is not null; null when it cannot be
     * looked into: then it must be emptied.
     */
    QueuePeek.Look look(Fd instance, QueuePeek.Look before) {
        if (unwanted) {
            return null;
        }
        open();
        if (peek == null) {
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

    @Override
    public void close() {
        if (peek != null) {
            peek.close();
            peek = null;
        }
    }
}
