package dev.stasis.endtoend;

import dev.stasis.testkit.Await;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The tool in a JVM of its own, so that it can be killed: see {@link RepeatingTool}.
 *
 * @param program the process
 * @param output what it prints: a line "done N" after each round
 */
record ToolProcess(Program program, Path output) implements AutoCloseable {
    private static final int SIGKILL = 9;

    /** Starts {@link RepeatingTool} with {@code arguments}; its files go to the folder {@code temporary} of the sandbox. */
    static ToolProcess start(Sandbox sandbox, String name, String... arguments) {
        Path output = sandbox.path(name);
        List<String> command = ToolJvm.command(temporary(sandbox).toString());
        command.add(RepeatingTool.class.getName());
        command.addAll(List.of(arguments));
        return new ToolProcess(sandbox.own(Program.start(sandbox.directory(), output, command)), output);
    }

    /** Where the tool's JVM puts temporary files; made when missing. */
    static Path temporary(Sandbox sandbox) {
        try {
            return Files.createDirectories(sandbox.path("temporary"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until {@code count} rounds are done. */
    void awaitRounds(int count) {
        Await.until(count + " rounds of the tool; it printed: " + text(), () -> text().contains("done " + count + "\n") || !program.isAlive());
        if (!program.isAlive()) {
            throw new AssertionError("the tool ended: " + text());
        }
    }

    /** Kills it at once and waits until it is gone. */
    void kill() {
        program.signal(SIGKILL);
        program.awaitEnd();
    }

    String text() {
        try {
            return Files.exists(output) ? Files.readString(output) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        program.close();
    }
}
