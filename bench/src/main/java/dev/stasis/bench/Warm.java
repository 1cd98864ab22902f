package dev.stasis.bench;

import java.nio.file.Path;

/** Dumps one process again and again, leaving it running: what a service that checkpoints takes. */
final class Warm {
    private static final int COLD_ROUNDS = 1;

    private Warm() {}

    /** How long an idle process stood still, the median of all dumps but the first, in microseconds. */
    static long frozenMicros(ResidentTool stasis, Path scratch, int rounds) {
        Samples samples = new Samples();
        try (Scratch place = Scratch.below(scratch);
                Child target = Child.start(Workloads.IDLE.command(), place.directory("work"), place.path("output"))) {
            target.awaitPrinted("ready\n");
            for (int round = 0; round < COLD_ROUNDS + rounds; round++) {
                long frozen = stasis.frozenMicros(target.pid(), place.path("image" + round));
                if (round >= COLD_ROUNDS) {
                    samples.add(frozen);
                }
            }
        }
        return samples.median();
    }
}
