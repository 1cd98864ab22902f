package dev.stasis.host.phase;

import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.spi.Log;

/**
 * Tells the log how long each stage took, for whoever looks for lost time: by the clock, and how much of it this thread had a
 * CPU, which says the same on a machine that is busy with other things.
 */
final class StageTimes {
    private static final UnixPath SCHEDSTAT = UnixPath.of("/proc/thread-self/schedstat");

    private final Log log;
    private long since;
    private long cpuSince;

    /** The first stage began at {@code begin}, in the time of {@link System#nanoTime}. */
    StageTimes(Log log, long begin) {
        this.log = log;
        this.since = begin;
        this.cpuSince = log.isDebug() ? cpu() : 0;
    }

    /** Stage {@code name} has ended and the next one begins. */
    void ended(String name) {
        if (log.isDebug()) {
            long now = System.nanoTime();
            long cpu = cpu();
            log.debug("stage " + name + ": " + (now - since) / 1000 + " us, CPU " + (cpu - cpuSince) / 1000 + " us");
            since = System.nanoTime();
            cpuSince = cpu();
        }
    }

    /** The nanoseconds that this thread has had a CPU: the first number of its schedstat. */
    private static long cpu() {
        try (Fd file = FileCalls.open(SCHEDSTAT, OpenFlags.RDONLY, 0)) {
            long nanos = 0;
            for (byte b : FileCalls.read(file, 64)) {
                if (b < '0' || b > '9') {
                    break;
                }
                nanos = 10 * nanos + b - '0';
            }
            return nanos;
        }
    }
}
