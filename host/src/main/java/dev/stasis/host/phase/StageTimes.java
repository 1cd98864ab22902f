package dev.stasis.host.phase;

import dev.stasis.spi.Log;

/** Tells the log how long each stage took, for whoever looks for lost time. */
final class StageTimes {
    private final Log log;
    private long since;

    /** The first stage began at {@code begin}, in the time of {@link System#nanoTime}. */
    StageTimes(Log log, long begin) {
        this.log = log;
        this.since = begin;
    }

    /** Stage {@code name} has ended and the next one begins. */
    void ended(String name) {
        if (log.isDebug()) {
            long now = System.nanoTime();
            log.debug("stage " + name + ": " + (now - since) / 1000 + " us");
            since = System.nanoTime();
        }
    }
}
