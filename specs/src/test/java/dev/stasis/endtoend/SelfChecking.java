package dev.stasis.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.linux.Pid;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One of the programs in {@code src/test/resources/programs} at work: it checks itself, writes numbered lines all the time and
 * a verdict when it is asked to stop.
 *
 * @param program the process
 * @param verdict the file that begins with "started" and ends with "ok"
 * @param lines the files of numbered lines
 * @param stopSignal what asks for the verdict
 */
record SelfChecking(Program program, Path verdict, List<Path> lines, int stopSignal) {
    private static final int SIGUSR1 = 10;
    private static final int SIGUSR2 = 12;

    /** Seven threads in C; see workload.c. */
    static SelfChecking inC(Sandbox sandbox) {
        Path verdict = sandbox.path("verdict");
        Path lines = sandbox.path("lines");
        return new SelfChecking(sandbox.start(Programs.workload().toString(), lines.toString(), verdict.toString()), verdict,
                List.of(lines), SIGUSR1).awaitStart();
    }

    /** Three threads in Python; see three_threads.py. */
    static SelfChecking inPython(Sandbox sandbox) {
        return new SelfChecking(
                sandbox.start(Programs.python(), Programs.source("three_threads.py").toString(), sandbox.directory().toString()),
                sandbox.path("verdict"), List.of(sandbox.path("lines-0"), sandbox.path("lines-1"), sandbox.path("lines-2")),
                SIGUSR1).awaitStart();
    }

    /**
     * Four allocating threads on the JVM of {@code javaHome}; see Allocating.java. Without its perf data file, which any JVM
     * that starts while this one is dead would delete.
     */
    static SelfChecking inJava(Sandbox sandbox, Path javaHome) {
        return inJava(sandbox, javaHome, "-XX:+UseG1GC");
    }

    /** The same with the garbage collector that the option {@code collector} chooses. */
    static SelfChecking inJava(Sandbox sandbox, Path javaHome, String collector) {
        return new SelfChecking(
                sandbox.start(javaHome.resolve("bin/java").toString(), "-XX:-UsePerfData", collector, "-Xmx64m", "-cp",
                        Programs.javaClasses().toString(), "Allocating", sandbox.directory().toString()),
                sandbox.path("verdict"), List.of(sandbox.path("lines")), SIGUSR2).awaitStart();
    }

    private SelfChecking awaitStart() {
        Await.until("the program has started: " + this, () -> Files.exists(verdict) && text(verdict).startsWith("started"));
        awaitLines(20);
        return this;
    }

    Pid pid() {
        return program.pid();
    }

    /** The same program after it came back. */
    SelfChecking backAs(Program restored) {
        return new SelfChecking(restored, verdict, lines, stopSignal);
    }

    /** Waits until it has written {@code count} lines more to each file. */
    void awaitLines(int count) {
        for (Path file : lines) {
            long wanted = size(file) + count * 2L;
            Await.until("lines in " + file, () -> size(file) >= wanted || !program.isAlive());
        }
        assertThat(program.isAlive()).as("the program runs; verdict: %s", text(verdict)).isTrue();
    }

    /** Asks it for its verdict, which must be good, and looks at all it wrote: no number missing, none twice. */
    void assertSound() {
        program.signal(stopSignal);
        assertThat(program.awaitEnd()).as("exit status; verdict: %s", text(verdict))
                .hasValueSatisfying(status -> assertThat(status.exitedWith(0)).as(status + " " + text(verdict)).isTrue());
        assertThat(text(verdict)).startsWith("started\n").contains("\nok");
        lines.forEach(SelfChecking::assertWithoutGapOrRepeat);
    }

    static void assertWithoutGapOrRepeat(Path file) {
        List<String> lines = text(file).lines().toList();
        assertThat(lines).isNotEmpty();
        for (int i = 0; i < lines.size(); i++) {
            assertThat(lines.get(i)).as("line %d of %s", i, file).isEqualTo(Integer.toString(i));
        }
    }

    /** The files whose contents belong to its state: verdict, lines, and what it maps shared. */
    List<Path> files() {
        List<Path> files = new ArrayList<>(lines);
        files.add(verdict);
        for (Path file : lines) {
            Path mapped = Path.of(file + ".mapped");
            if (Files.exists(mapped)) {
                files.add(mapped);
            }
        }
        return files;
    }

    private static long size(Path file) {
        try {
            return Files.exists(file) ? Files.size(file) : 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
