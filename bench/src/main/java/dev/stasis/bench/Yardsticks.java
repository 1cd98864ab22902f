package dev.stasis.bench;

import dev.stasis.linux.process.ProcessCalls;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Measures of the machine itself, taken between the trials, for ratios that mean the same on any machine. */
final class Yardsticks {
    private static final int COPY_SIZE = 1 << 26;
    private static final int CALLS = 200_000;
    private static final List<String> LEAN = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-UsePerfData");

    private final Samples emptyJvmMicros = new Samples();
    private final Samples copyMegabytesPerSecond = new Samples();
    private final Samples getpidNanos = new Samples();
    private final byte[] from = new byte[COPY_SIZE];
    private final byte[] to = new byte[COPY_SIZE];
    private final Path scratch;

    Yardsticks(Path scratch) {
        this.scratch = scratch;
        Arrays.fill(from, (byte) 1);
        measureCalls();
        System.arraycopy(from, 0, to, 0, COPY_SIZE);
    }

    /** Takes one more of each. */
    void measure() {
        emptyJvmMicros.add(emptyJvm());
        long start = System.nanoTime();
        System.arraycopy(from, 0, to, 0, COPY_SIZE);
        copyMegabytesPerSecond.add(COPY_SIZE * 1_000L / (System.nanoTime() - start));
        getpidNanos.add(measureCalls());
    }

    private long emptyJvm() {
        List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java"));
        command.addAll(LEAN);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Empty.class.getName()));
        return Child.run(command, scratch, scratch.resolve("java.out")).micros();
    }

    private static long measureCalls() {
        long start = System.nanoTime();
        for (int i = 0; i < CALLS; i++) {
            ProcessCalls.self();
        }
        return (System.nanoTime() - start) / CALLS;
    }

    /** The start and end of a JVM that does nothing, in microseconds. */
    long emptyJvmMicros() {
        return emptyJvmMicros.median();
    }

    /** How long copying {@code bytes} within memory takes, in microseconds. */
    long copyMicros(long bytes) {
        return bytes / copyMegabytesPerSecond.median();
    }

    String text() {
        return "empty JVM " + Table.millis(emptyJvmMicros()) + " ms, memory copy " + copyMegabytesPerSecond.median()
                + " MB/s, getpid " + getpidNanos.median() + " ns";
    }
}
