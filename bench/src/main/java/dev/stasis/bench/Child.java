package dev.stasis.bench;

import dev.stasis.linux.Fd;
import dev.stasis.linux.Pid;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.process.ChildExit;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.linux.process.SpawnRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A program that was started here, outside the JDK's care, so that it may be traced.
 *
 * @param pid its process
 * @param output the file that takes its output and errors
 * @param startedNanos when it was started
 */
record Child(Pid pid, Path output, long startedNanos) implements AutoCloseable {
    private static final int SIGKILL = 9;
    private static final int PATIENCE_MILLIS = 60_000;

    /** Starts {@code command}, whose first word is a path, in {@code directory}. */
    static Child start(List<String> command, Path directory, Path output) {
        List<String> environment = new ArrayList<>();
        for (Map.Entry<String, String> variable : System.getenv().entrySet()) {
            environment.add(variable.getKey() + "=" + variable.getValue());
        }
        OpenFlags create = OpenFlags.WRONLY.with(OpenFlags.CREAT).with(OpenFlags.TRUNC);
        try (Fd input = FileCalls.open(UnixPath.of("/dev/null"), OpenFlags.RDONLY, 0);
                Fd out = FileCalls.open(UnixPath.of(output.toString()), create, 0600)) {
            SpawnRequest request = new SpawnRequest(UnixPath.of(command.get(0)), command, environment,
                    UnixPath.of(directory.toString()), input, out);
            long now = System.nanoTime();
            return new Child(request.spawn(), output, now);
        }
    }

    /** Runs {@code command} to its end; throws {@link IllegalStateException} with its output when it fails. */
    static Finished run(List<String> command, Path directory, Path output) {
        Child child = start(command, directory, output);
        ChildExit exit = ProcessCalls.awaitChild(child.pid).orElseThrow();
        Finished finished = new Finished((System.nanoTime() - child.startedNanos) / 1_000, child.text());
        if (exit.shellStatus() != 0) {
            throw new IllegalStateException(String.join(" ", command) + " ended with " + exit.shellStatus() + ":\n"
                    + finished.output());
        }
        return finished;
    }

    /** Waits until it has printed {@code word}. */
    Child awaitPrinted(String word) {
        for (int waited = 0; waited < PATIENCE_MILLIS; waited += 10) {
            if (text().contains(word)) {
                return this;
            }
            sleep(10);
        }
        close();
        throw new IllegalStateException("process " + pid + " did not print '" + word + "' but: " + text());
    }

    private String text() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void sleep(int millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Waits until it, killed by somebody else, is gone, and takes its exit status. */
    Optional<ChildExit> awaitEnd() {
        return ProcessCalls.awaitChild(pid);
    }

    /** Kills it and waits until its pid is free; also when it was restored by a tool that has ended since. */
    @Override
    public void close() {
        ProcessCalls.kill(pid, SIGKILL);
        awaitEnd();
    }

    /**
     * A program that ran to its end.
     *
     * @param micros from its start until its end was noticed
     * @param output all that it printed
     */
    record Finished(long micros, String output) {}
}
