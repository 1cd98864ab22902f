package dev.stasis.endtoend;

import dev.stasis.testkit.Await;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A terminal with a program in it, whose keys a test presses and whose screen it reads; a tree of two or more processes. */
final class Terminal {
    private final Path directory;
    private final Program program;

    private Terminal(Path directory, Program program) {
        this.directory = directory;
        this.program = program;
    }

    /** Opens one with {@code command} in it, in the directory {@code name} of the sandbox. */
    static Terminal open(Sandbox sandbox, String name, String... command) {
        try {
            Path directory = Files.createDirectory(sandbox.path(name));
            Files.createFile(directory.resolve("keys"));
            List<String> all = new ArrayList<>(List.of(Programs.python(), Programs.source("terminal.py").toString()));
            all.addAll(Arrays.asList(command));
            return new Terminal(directory, sandbox.own(Program.start(directory, directory.resolve("errors"), all)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** This terminal, come back as {@code restored}. */
    Terminal backAs(Program restored) {
        return new Terminal(directory, restored);
    }

    Program program() {
        return program;
    }

    /** The file {@code name} of its directory. */
    Path path(String name) {
        return directory.resolve(name);
    }

    /** Presses {@code keys}. */
    void press(String keys) {
        try {
            Files.writeString(directory.resolve("keys"), keys, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All that was shown so far, with what moves the cursor and sets colours left out. */
    String screen() {
        try {
            Path screen = directory.resolve("screen");
            String all = Files.exists(screen) ? Files.readString(screen, StandardCharsets.ISO_8859_1) : "";
            return all.replaceAll("\u001b\\[[0-9;?]*[A-Za-z]", "").replace("\r", "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until {@code text} has been shown, after the first {@code seen} characters of the screen. */
    void await(String text, int seen) {
        Await.until("the terminal shows " + text + "; it shows " + screen(), () -> screen().indexOf(text, seen) >= 0);
    }

    void await(String text) {
        await(text, 0);
    }

    /** Waits until its program has ended, and it with it, the same way; returns its exit code. */
    int awaitEnd() {
        return program.awaitEnd().orElseThrow().status();
    }
}
