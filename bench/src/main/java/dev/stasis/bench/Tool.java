package dev.stasis.bench;

import dev.stasis.linux.Pid;
import java.nio.file.Path;
import java.util.List;

/** A tool that dumps and restores, as a user would call it: one cold process each time. */
interface Tool {

    /** What it goes by in the table. */
    String name();

    /** Whether it can be asked to dump and restore {@code workload}. */
    default boolean takes(Workload workload, Path scratch) {
        return true;
    }

    /**
     * Dumps process {@code target} into {@code image}, which does not exist, and ends it.
     *
     * @param options for Stasis, which other tools leave alone
     */
    Taken dump(Pid target, Path image, Path scratch, List<String> options);

    /** Brings back what is in {@code image}, and lets it run. */
    Taken restore(Path image, Path scratch, List<String> options);

    /**
     * What one run of a tool took.
     *
     * @param totalMicros from start to end of the tool
     * @param insideMicros by its own account: of a dump how long the target stood still, of a restore all of it
     * @param peakMemory the most memory it had at once, in bytes, by its own account; 0 if it gives none
     */
    record Taken(long totalMicros, long insideMicros, long peakMemory) {}
}
