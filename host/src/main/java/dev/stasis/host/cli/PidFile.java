package dev.stasis.host.cli;

import dev.stasis.linux.Pid;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The file of {@code --pidfile}, if one was asked for. An existing one is refused before anything is restored. */
final class PidFile {
    private final Path path;

    private PidFile(Path path) {
        this.path = path;
    }

    /** The file {@code name}, relative to {@code directory}; none if {@code name} is null. */
    static PidFile of(String name, Path directory) {
        if (name == null) {
            return new PidFile(null);
        }
        Path path = directory.resolve(name);
        if (Files.exists(path)) {
            throw new StasisException(new Problem(CliError.CANNOT_WRITE, path.toString(),
                    "the pid file is there already", "remove it or name another"));
        }
        Path parent = path.toAbsolutePath().getParent();
        if (parent == null || !Files.isDirectory(parent) || !Files.isWritable(parent)) {
            throw new StasisException(new Problem(CliError.CANNOT_WRITE, path.toString(),
                    "there is no directory for the pid file in which it can be written", "make " + parent + " or name another file"));
        }
        return new PidFile(path);
    }

    /** Writes {@code root}, which lives by now, so that a failure can only be told to {@code console}; returns whether it went well. */
    boolean write(Pid root, Console console) {
        if (path == null) {
            return true;
        }
        try {
            Files.writeString(path, root.number() + "\n");
            return true;
        } catch (IOException e) {
            console.say(path + ": the tree is restored (root " + root + "), but its pid file could not be written: " + e);
            return false;
        }
    }
}
