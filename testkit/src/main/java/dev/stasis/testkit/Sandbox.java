package dev.stasis.testkit;

import dev.stasis.linux.Pid;
import dev.stasis.linux.process.ProcessCalls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * What one test has to itself: a directory, the programs it starts, the file systems it mounts. Got as a parameter of a test
 * method through {@link SandboxExtension}, which closes it whatever happens.
 *
 * <p>{@link #close()} ends every process below this one that was not there before, unmounts and deletes.
 */
public final class Sandbox implements AutoCloseable {
    private final Path directory;
    private final Set<Pid> processesBefore;
    private final Deque<AutoCloseable> owned = new ArrayDeque<>();

    Sandbox(Path directory, Set<Pid> processesBefore) {
        this.directory = directory;
        this.processesBefore = processesBefore;
    }

    /**
     * One that whoever opens it closes, for tests of engines that know no {@link SandboxExtension}. From here on orphans below this
     * process become its children.
     */
    public static Sandbox open() {
        ProcessCalls.adoptOrphans(true);
        try {
            return new Sandbox(Files.createTempDirectory("stasis-test-"), Descendants.now());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A directory that only this test uses. */
    public Path directory() {
        return directory;
    }

    /** The path {@code name} in {@link #directory()}; nothing is made. */
    public Path path(String name) {
        return directory.resolve(name);
    }

    /** Starts {@code command} in {@link #directory()}, its output going to the file {@code output} there. */
    public Program start(String... command) {
        return own(Program.start(directory, path("output"), List.of(command)));
    }

    /** A new puppet. */
    public Puppet puppet() {
        return own(Puppet.start(directory));
    }

    /** A file system in memory at the new directory {@code name}, with mount options such as {@code size=64k}. */
    public Path mountTmpfs(String name, String options) {
        Path point = path(name);
        try {
            Files.createDirectory(point);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Command.run("mount", "-t", "tmpfs", "-o", options, "stasis-test", point.toString());
        owned.push(() -> Command.run("umount", "-l", point.toString()));
        return point;
    }

    /**
     * Waits until every process below this one that is neither owned here nor older than the test has ended or stands
     * stopped for good, and reaps the ended; {@code check} is asked about each that is left, which is then killed.
     */
    public void awaitOrphans(Consumer<Program> check) {
        Set<Pid> known = new TreeSet<>(processesBefore);
        for (AutoCloseable resource : owned) {
            if (resource instanceof Program program && program.isAlive()) {
                known.add(program.pid());
            }
        }
        Optional<Pid> stopped = Descendants.awaitEndOfAllBut(known);
        while (stopped.isPresent()) {
            try (Program left = Program.attach(stopped.get())) {
                check.accept(left);
            }
            stopped = Descendants.awaitEndOfAllBut(known);
        }
    }

    /** Closes {@code resource} when this closes, before anything that was owned earlier. Returns it. */
    public <T extends AutoCloseable> T own(T resource) {
        owned.push(resource);
        return resource;
    }

    @Override
    public void close() throws Exception {
        AssertionError failure = null;
        while (!owned.isEmpty()) {
            try {
                owned.pop().close();
            } catch (Exception | AssertionError e) {
                failure = failure == null ? new AssertionError("could not clean up", e) : failure;
            }
        }
        List<String> strays = Descendants.endAllBut(processesBefore);
        delete(directory);
        if (failure != null) {
            throw failure;
        }
        if (!strays.isEmpty()) {
            throw new AssertionError("the test left behind " + strays);
        }
    }

    /** By a command, because a test may have made paths that are too long for Java. */
    static void delete(Path directory) {
        Command.run("rm", "-rf", "--one-file-system", directory.toString());
    }
}
