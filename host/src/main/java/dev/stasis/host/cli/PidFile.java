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
        return new PidFile(path);
    }

    /** Writes {@code root}, which lives by now, so that a failure can only be told, not undone. */
    void write(Pid root) {
        if (path == null) {
            return;
        }
        try {
            Files.writeString(path, root.number() + "\n");
        } catch (IOException e) {
            throw new StasisException(new Problem(CliError.CANNOT_WRITE, path.toString(),
                    "the tree runs (root " + root + "), but its pid file cannot be written: " + e, "choose another file"), e);
        }
    }
}
