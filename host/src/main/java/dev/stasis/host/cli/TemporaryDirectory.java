package dev.stasis.host.cli;

import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.DirectoryCalls;
import dev.stasis.linux.process.ProcessCalls;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A directory that is gone after use, with all that is in it. Made without random numbers and removed without streams: what a
 * training run uses is loaded by each run after it.
 *
 * @param path where it is
 */
record TemporaryDirectory(Path path) implements AutoCloseable {
    private static final int OWN = 0700;

    static TemporaryDirectory create(String prefix) {
        Path base = Path.of(System.getProperty("java.io.tmpdir"));
        for (int attempt = 0; ; attempt++) {
            Path path = base.resolve(prefix + "-" + ProcessCalls.self() + "-" + attempt);
            if (DirectoryCalls.tryMake(UnixPath.of(path.toString()), OWN)) {
                return new TemporaryDirectory(path);
            }
        }
    }

    @Override
    public void close() {
        try {
            remove(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void remove(Path path) throws IOException {
        File[] below = Files.isSymbolicLink(path) ? null : path.toFile().listFiles();
        for (int i = 0; below != null && i < below.length; i++) {
            remove(below[i].toPath());
        }
        Files.delete(path);
    }
}
