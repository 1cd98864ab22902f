package dev.stasis.testkit;

import dev.stasis.linux.Fd;
import dev.stasis.linux.fs.FileCalls;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Commands that run to their end, for what a test prepares: compilers, mount. */
public final class Command {
    private static final int CHUNK = 1 << 16;

    private Command() {}

    /** Runs {@code command}; returns what it printed. Throws {@link AssertionError} with that when it fails. */
    public static String run(String... command) {
        try (Fd output = FileCalls.memfd("output");
                Program program = Program.start(Path.of("/"), Path.of("/proc/self/fd/" + output.number()), List.of(command))) {
            boolean succeeded = succeeds(program, output, command);
            String text = text(output);
            if (!succeeded) {
                throw new AssertionError(String.join(" ", command) + " failed: " + text);
            }
            return text;
        }
    }

    private static boolean succeeds(Program program, Fd output, String... command) {
        try {
            return program.awaitEnd().filter(end -> end.exitedWith(0)).isPresent();
        } catch (AssertionError late) {
            throw new AssertionError(String.join(" ", command) + " goes on; until now: " + text(output), late);
        }
    }

    private static String text(Fd output) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        for (byte[] chunk = FileCalls.read(output, CHUNK); chunk.length > 0; chunk = FileCalls.read(output, CHUNK)) {
            text.writeBytes(chunk);
        }
        return text.toString(StandardCharsets.UTF_8);
    }
}
