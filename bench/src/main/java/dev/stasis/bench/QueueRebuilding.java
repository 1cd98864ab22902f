package dev.stasis.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** How long a restore works to rebuild the queue of an inotify instance, as its log tells. */
final class QueueRebuilding {
    /** How long that may take, in microseconds. */
    private static final Map<String, Long> LIMITS = Map.of("queue5", 60_000L, "queue16k", 150_000L);
    private static final String BEFORE = " events rebuilt in ";

    private QueueRebuilding() {}

    /** Prints the medians for those of {@code workloads} that have a limit. */
    static void print(StasisTool stasis, List<Workload> workloads, Path scratch, int rounds) {
        for (Workload workload : workloads) {
            Long limit = LIMITS.get(workload.name());
            if (limit != null) {
                Samples samples = new Samples();
                for (int round = 0; round < rounds; round++) {
                    samples.add(micros(stasis, workload, scratch));
                }
                System.out.printf("  %-34s %10s %10s %7s %-9s %s%n", workload.name() + ", rebuilding, work",
                        Table.millis(samples.median()), "", "", "<= " + limit / 1000, samples.median() <= limit ? "reached" : "MISSED");
            }
        }
    }

    private static long micros(StasisTool stasis, Workload workload, Path scratch) {
        try (Scratch place = Scratch.below(scratch);
                Child target = Child.start(workload.command(), place.directory("work"), place.path("output"))) {
            target.awaitPrinted("ready\n");
            stasis.dump(target.pid(), place.path("image"), place.path(), List.of());
            target.awaitEnd();
            Trial.endOrphans();
            Path log = place.path("restore.log");
            stasis.restore(place.path("image"), place.path(), List.of("-v4", "-o", log.toString()));
            return micros(Files.readString(log));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            Trial.endOrphans();
        }
    }

    private static long micros(String log) {
        int start = log.indexOf(BEFORE) + BEFORE.length();
        return Long.parseLong(log.substring(start, log.indexOf(' ', start)));
    }
}
