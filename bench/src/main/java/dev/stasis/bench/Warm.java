package dev.stasis.bench;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpReport;
import dev.stasis.host.phase.DumpRequest;
import dev.stasis.host.phase.Progress;
import dev.stasis.spi.Log;
import java.nio.file.Path;

/** Dumps one process again and again in this JVM, leaving it running: what a resident Stasis takes, which warms up once. */
final class Warm {
    private static final int COLD_ROUNDS = 1;

    private Warm() {}

    /** How long an idle process stood still, the median of all dumps but the first, in microseconds. */
    static long frozenMicros(Path plugins, Path scratch, int rounds) {
        Samples samples = new Samples();
        try (Stasis stasis = Stasis.start(plugins, new Silence());
                Scratch place = Scratch.below(scratch);
                Child target = Child.start(Workloads.IDLE.command(), place.directory("work"), place.path("output"))) {
            target.awaitPrinted("ready\n");
            stasis.warmUp();
            for (int round = 0; round < COLD_ROUNDS + rounds; round++) {
                DumpReport report = stasis.dump(DumpRequest.of(target.pid(), place.path("image" + round))
                        .then(DumpRequest.Afterwards.LEAVE_RUNNING), Progress.NONE);
                if (round >= COLD_ROUNDS) {
                    samples.add(report.freezingMicros() + report.frozenMicros());
                }
            }
        }
        return samples.median();
    }

    private static final class Silence implements Log {
        @Override
        public void warn(String message) {}

        @Override
        public void info(String message) {}

        @Override
        public void debug(String message) {}

        @Override
        public boolean isDebug() {
            return false;
        }
    }
}
