package dev.stasis.testkit.contract;

import dev.stasis.linux.Pid;
import dev.stasis.linux.UnixPath;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A directory that looks like /proc, made of text: for tests of what a plugin reads there, without root and without a process
 * in the state in question. Code under test takes the root as a parameter, or the bytes of one file, as the parsers of
 * {@code dev.stasis.linux.proc} do.
 */
public final class FakeProc {
    private final Path root;

    private FakeProc(Path root) {
        this.root = root;
    }

    /** An empty one in {@code directory}, which is made. */
    public static FakeProc in(Path directory) {
        try {
            return new FakeProc(Files.createDirectories(directory));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where it is. */
    public Path root() {
        return root;
    }

    /** The path of file {@code name} of process {@code pid}, such as {@code fdinfo/3}. */
    public UnixPath path(Pid pid, String name) {
        return UnixPath.of(file(pid, name).toString());
    }

    private Path file(Pid pid, String name) {
        return root.resolve(pid.toString()).resolve(name);
    }

    /** Gives process {@code pid} a file {@code name} with {@code text} in it, such as {@code maps} or {@code status}. */
    public FakeProc file(Pid pid, String name, String text) {
        try {
            Path file = file(pid, name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, text, StandardCharsets.UTF_8);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Gives process {@code pid} descriptor {@code number}, which shows as {@code link}, with {@code info} as its fdinfo. */
    public FakeProc descriptor(Pid pid, int number, String link, String info) {
        file(pid, "fdinfo/" + number, info);
        try {
            Path entry = file(pid, "fd/" + number);
            Files.createDirectories(entry.getParent());
            Files.createSymbolicLink(entry, Path.of(link));
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is in file {@code name} of process {@code pid}, as the parsers take it. */
    public byte[] bytes(Pid pid, String name) {
        try {
            return Files.readAllBytes(file(pid, name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
