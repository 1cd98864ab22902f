package dev.stasis.inotify;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Random changes below a directory, with a few names that meet again and again. */
final class RandomChanges implements AutoCloseable {
    private final Path directory;
    private final Path away;
    private final Random random;
    private int moved;

    RandomChanges(Path directory, Random random) throws IOException {
        this.directory = directory;
        this.random = random;
        this.away = Files.createDirectory(directory.resolveSibling(directory.getFileName() + "-away"));
        for (String name : new String[] {"a", "b", "a/inner"}) {
            Files.createDirectory(directory.resolve(name));
        }
        for (String name : new String[] {"a/x", "b/y", "a/inner/z"}) {
            Files.writeString(directory.resolve(name), name);
        }
    }

    /** What is there at the beginning. */
    List<Path> toWatch() {
        return paths();
    }

    private List<Path> paths() {
        try (Stream<Path> all = Files.walk(directory, new FileVisitOption[0])) {
            return new ArrayList<>(all.sorted().toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void make(int count) {
        for (int i = 0; i < count; i++) {
            try {
                makeOne();
            } catch (IOException refused) {
                // a directory that is not empty, a name of another type: nothing happened
            }
        }
    }

    private Path any() {
        List<Path> all = paths();
        return all.get(random.nextInt(all.size()));
    }

    private Path newPath() {
        Path some = any();
        Path parent = Files.isDirectory(some) ? some : some.getParent();
        return parent.resolve(new String[] {"n1", "n2", "a name that is longer than sixteen bytes", "\u00e4"}[random.nextInt(4)]);
    }

    private void makeOne() throws IOException {
        Path path = any();
        switch (random.nextInt(12)) {
            case 0, 1 -> Files.writeString(newPath(), "new", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            case 2 -> Files.createDirectory(newPath());
            case 3 -> {
                if (!path.equals(directory)) {
                    Files.delete(path);
                }
            }
            case 4, 5 -> {
                Path to = newPath();
                if (!to.startsWith(path)) {
                    Files.move(path, to, StandardCopyOption.ATOMIC_MOVE);
                }
            }
            case 6 -> Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
            case 7 -> Files.writeString(path, "again");
            case 8, 9 -> {
                if (!path.equals(directory)) {
                    changeKind(path);
                }
            }
            default -> read(path);
        }
    }

    /** What was there is where nobody watches then, and something of the other kind has its name. */
    private void changeKind(Path path) throws IOException {
        boolean file = Files.isRegularFile(path);
        Files.move(path, away.resolve("moved" + moved++));
        if (file) {
            Files.createDirectory(path);
        } else {
            Files.writeString(path, "new");
        }
    }

    private static void read(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            try (Stream<Path> list = Files.list(path)) {
                list.count();
            }
        } else {
            Files.readAllBytes(path);
        }
    }

    @Override
    public void close() {
        // the sandbox deletes all
    }
}
