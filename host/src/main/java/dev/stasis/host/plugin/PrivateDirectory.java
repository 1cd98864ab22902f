package dev.stasis.host.plugin;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * A directory for this process alone, removed on closing. Its name holds the pid, so that those of processes which were
 * killed are known for what they are: each new one removes them.
 */
final class PrivateDirectory implements AutoCloseable {
    private static final String PREFIX = "stasis-plugins-";

    private final Path path;

    private PrivateDirectory(Path path) {
        this.path = path;
    }

    /** Makes one in memory if there is such a place, else where temporary files go. */
    static PrivateDirectory create() throws IOException {
        return create(base());
    }

    /** Makes one in {@code base}, and removes those of the dead. */
    static PrivateDirectory create(Path base) throws IOException {
        removeThoseOfTheDead(base);
        String prefix = PREFIX + ProcessHandle.current().pid() + "-";
        return new PrivateDirectory(Files.createTempDirectory(base, prefix,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))));
    }

    private static Path base() {
        String runtime = System.getenv("XDG_RUNTIME_DIR");
        Path memory = Path.of(runtime == null || runtime.isEmpty() ? "/dev/shm" : runtime);
        return Files.isWritable(memory) ? memory : Path.of(System.getProperty("java.io.tmpdir"));
    }

    private static void removeThoseOfTheDead(Path base) throws IOException {
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(base, PREFIX + "*-*")) {
            for (Path directory : directories) {
                String name = directory.getFileName().toString();
                String pid = name.substring(PREFIX.length(), name.indexOf('-', PREFIX.length()));
                if (!Files.exists(Path.of("/proc", pid)) && Files.isDirectory(directory)
                        && Files.getOwner(directory).equals(Files.getOwner(Path.of("/proc/self")))) {
                    remove(directory);
                }
            }
        }
    }

    private static void remove(Path directory) throws IOException {
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, IOException failure) throws IOException {
                Files.deleteIfExists(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** Where it is. */
    Path path() {
        return path;
    }

    /** Removes it with all that is in it; the second time does nothing. */
    @Override
    public void close() throws IOException {
        if (Files.exists(path)) {
            remove(path);
        }
    }
}
