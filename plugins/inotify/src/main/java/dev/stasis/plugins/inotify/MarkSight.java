package dev.stasis.plugins.inotify;

import dev.stasis.linux.notify.MarkedInodes;
import dev.stasis.spi.Options;

/**
 * Looking at the very inodes that are watched, where the kernel allows it: on file systems that tell several of them by one number,
 * and that open no handles. Gets ready when it is first needed.
 */
final class MarkSight implements AutoCloseable {
    private final boolean wanted;
    private MarkedInodes inodes;
    private boolean begun;

    /** As {@code options} say: who does not want the kernel to be looked into for queues does not want it for this either. */
    MarkSight(Options options) {
        this.wanted = Policies.looksIntoQueues(options);
    }

    /** Makes the first real use a quick one: while a tree stands still there is no time to load what it takes. */
    static void warmUp(Options options) {
        try (MarkSight sight = new MarkSight(options)) {
            sight.inodes();
        }
    }

    /** What tells; null where the kernel does not allow it. */
    MarkedInodes inodes() {
        if (!begun) {
            begun = true;
            inodes = wanted ? MarkedInodes.tryOpen().orElse(null) : null;
        }
        return inodes;
    }

    @Override
    public void close() {
        if (inodes != null) {
            inodes.close();
            inodes = null;
        }
    }
}
