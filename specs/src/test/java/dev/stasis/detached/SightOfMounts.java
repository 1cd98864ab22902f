package dev.stasis.detached;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Looks, again and again for as long as it is open, at the mounts of a directory that any mount namespace shows; fails when
 * they change. Those of other directories are not looked at: other tests may mount meanwhile.
 */
final class SightOfMounts implements AutoCloseable {
    private final String directory;
    private final List<String> before;
    private final List<String> changes = new ArrayList<>();
    private final Thread watcher;
    private volatile boolean closed;

    private SightOfMounts(String directory) {
        this.directory = directory;
        this.before = everywhere();
        this.watcher = new Thread(this::watch, "sight of mounts");
    }

    static SightOfMounts below(Path directory) {
        SightOfMounts sight = new SightOfMounts(directory.getFileName().toString());
        sight.watcher.start();
        return sight;
    }

    private void watch() {
        List<String> own = of(Path.of("/proc/self/mountinfo"));
        while (!closed) {
            List<String> now = of(Path.of("/proc/self/mountinfo"));
            if (!now.equals(own) && changes.isEmpty()) {
                changes.addAll(now);
            }
        }
    }

    /** Of each mount namespace that a process is in. */
    private List<String> everywhere() {
        List<String> all = new ArrayList<>();
        Set<String> namespaces = new TreeSet<>();
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            for (Path process : (Iterable<Path>) processes.sorted()::iterator) {
                if (Character.isDigit(process.getFileName().toString().charAt(0)) && namespaces.add(namespace(process))) {
                    all.addAll(of(process.resolve("mountinfo")));
                }
            }
            return all;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String namespace(Path process) {
        try {
            return Files.readSymbolicLink(process.resolve("ns/mnt")).toString();
        } catch (IOException e) {
            return "";
        }
    }

    private List<String> of(Path mountinfo) {
        try {
            return Files.readAllLines(mountinfo).stream().filter(line -> line.contains(directory)).sorted().toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    @Override
    public void close() {
        closed = true;
        try {
            watcher.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        assertThat(changes).as("mounts that came into sight").isEmpty();
        assertThat(everywhere()).as("mounts afterwards").isEqualTo(before);
    }
}
