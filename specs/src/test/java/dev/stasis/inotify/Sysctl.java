package dev.stasis.inotify;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A kernel setting that is another for a moment. */
final class Sysctl implements AutoCloseable {
    private final Path file;
    private final String before;

    private Sysctl(Path file, String before) {
        this.file = file;
        this.before = before;
    }

    static Sysctl set(String name, String value) throws IOException {
        Path file = Path.of("/proc/sys/" + name.replace('.', '/'));
        Sysctl changed = new Sysctl(file, read(file));
        Files.writeString(file, value);
        return changed;
    }

    /** In one read: the kernel gives nothing to a second one. */
    private static String read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = new byte[64];
            return new String(bytes, 0, in.read(bytes)).strip();
        }
    }

    @Override
    public void close() throws IOException {
        Files.writeString(file, before);
    }
}
