package dev.stasis.testkit;

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
 * What this process and the machine hold at one moment, as far as a dump or a restore could leave something of it behind:
 * mounts, temporary files of ours, open descriptors of this process.
 *
 * @param mounts mount points of this mount namespace
 * @param files in the temporary folders, those whose name says that they are ours
 * @param descriptors what this process has open, apart from what class loading opens for good
 */
public record Leftovers(Set<String> mounts, Set<String> files, Set<String> descriptors) {
    /** Opened once when first needed and kept on purpose: class path, native libraries, entropy, the test runner's pipes. */
    private static final List<String> KEPT_BY_THE_JVM = List.of(".jar", "/modules", ".so", ".so.6", "/dev/random",
            "/dev/urandom", ".jsa", ".aot", ".class", "/null");

    /** What there is now. */
    public static Leftovers now() {
        return new Leftovers(mountPoints(), temporaryFiles(), descriptorTargets());
    }

    /** A line for each thing that is here but was not {@code before}. */
    public List<String> since(Leftovers before) {
        List<String> lines = new ArrayList<>();
        add(lines, "mount at ", mounts, before.mounts);
        add(lines, "file ", files, before.files);
        add(lines, "descriptor ", descriptors, before.descriptors);
        return lines;
    }

    private static void add(List<String> lines, String kind, Set<String> now, Set<String> before) {
        now.stream().filter(entry -> !before.contains(entry)).forEach(entry -> lines.add(kind + entry));
    }

    private static Set<String> mountPoints() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/mountinfo"))) {
            return sorted(lines.map(line -> line.split(" ")[4]));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Set<String> temporaryFiles() {
        Set<String> files = new TreeSet<>();
        String runtime = System.getenv("XDG_RUNTIME_DIR");
        for (String folder : List.of("/tmp", "/dev/shm", System.getProperty("java.io.tmpdir"), runtime == null ? "/tmp" : runtime)) {
            files.addAll(entries(Path.of(folder)));
        }
        return files;
    }

    private static Set<String> entries(Path folder) {
        try (Stream<Path> entries = Files.list(folder)) {
            return sorted(entries.filter(Leftovers::isOurs).map(Path::toString));
        } catch (IOException e) {
            return Set.of();
        }
    }

    /** Other sessions of this machine make temporary files too; a private mount namespace tells exactly, this one by name and pid. */
    private static boolean isOurs(Path entry) {
        String name = entry.getFileName().toString();
        return (name.contains("stasis") || name.contains("felix") || name.contains("jffi"))
                && name.contains(Long.toString(ProcessHandle.current().pid()));
    }

    private static Set<String> descriptorTargets() {
        Set<String> targets = new TreeSet<>();
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors.toList()) {
                addTarget(targets, descriptor);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return targets;
    }

    private static void addTarget(Set<String> targets, Path descriptor) {
        try {
            String target = Files.readSymbolicLink(descriptor).toString();
            boolean listing = target.matches("/proc/\\d+/fd");
            if (!listing && KEPT_BY_THE_JVM.stream().noneMatch(target::endsWith)) {
                targets.add(descriptor.getFileName() + " -> " + target);
            }
        } catch (IOException closedMeanwhile) {
            // the descriptor of the listing itself, or one that another thread closed: not left behind
        }
    }

    private static Set<String> sorted(Stream<String> entries) {
        return new TreeSet<>(entries.toList());
    }
}
