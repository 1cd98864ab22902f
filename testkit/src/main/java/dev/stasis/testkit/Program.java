package dev.stasis.testkit;

import dev.stasis.linux.Fd;
import dev.stasis.linux.Pid;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.process.ChildCalls;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.linux.process.SpawnRequest;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A running program, held by a pidfd: a child of this process that only the test waits for, so that it may be traced, killed
 * and brought back under its old pid. Standard input is /dev/null, output and errors go to a file.
 *
 * <p>From any thread. {@link #close()} kills it and waits until its pid is free.
 */
public final class Program implements AutoCloseable {
    /** How long a test waits for what must come; reaching it is a failure, so it costs nothing where all is well. */
    public static final Duration LIMIT = Duration.ofSeconds(30);

    private static final int SIGKILL = 9;

    private final Pid pid;
    private final Fd pidfd;
    private Optional<ChildCalls.ExitStatus> exitStatus = Optional.empty();

    private Program(Pid pid) {
        this.pid = pid;
        this.pidfd = ProcessCalls.pidfd(pid);
    }

    /** Starts {@code command} in {@code directory}; output and errors are appended to {@code output}. */
    public static Program start(Path directory, Path output, List<String> command) {
        List<String> environment = new ArrayList<>();
        System.getenv().forEach((name, value) -> environment.add(name + "=" + value));
        OpenFlags append = OpenFlags.WRONLY.with(OpenFlags.CREAT).with(OpenFlags.APPEND);
        try (Fd input = FileCalls.open(UnixPath.of("/dev/null"), OpenFlags.RDONLY, 0);
                Fd out = FileCalls.open(UnixPath.of(output.toString()), append, 0600)) {
            return new Program(new SpawnRequest(UnixPath.of(find(command.get(0)).toString()), command, environment,
                    UnixPath.of(directory.toString()), input, out).spawn());
        }
    }

    /** Takes charge of the process {@code pid} that runs already, such as one that a restore brought back. */
    public static Program attach(Pid pid) {
        return new Program(pid);
    }

    /** The executable that {@code name} means on the PATH; throws {@link IllegalStateException} when there is none. */
    public static Path find(String name) {
        if (name.contains("/")) {
            return Path.of(name);
        }
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator)).map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable).findFirst()
                .orElseThrow(() -> new IllegalStateException("this test needs " + name + " on the PATH"));
    }

    /** The process. */
    public Pid pid() {
        return pid;
    }

    /** Its threads, in order. Fails when it is gone. */
    public List<Pid> threads() {
        try (var tasks = Files.list(Path.of("/proc/" + pid + "/task"))) {
            return tasks.map(task -> new Pid(Integer.parseInt(task.getFileName().toString()))).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether it has not ended yet; false too once this was closed. */
    public boolean isAlive() {
        return pidfd.isOpen() && !ChildCalls.awaitEnd(pidfd, Duration.ZERO);
    }

    /** The letter of its state in /proc, such as S, T or Z; empty when it is gone. */
    public Optional<Character> state() {
        return Descendants.state(pid);
    }

    /** The number of the system call it waits in; empty when it runs, or is gone. */
    public Optional<Integer> systemCall() {
        try {
            String[] words = Files.readString(Path.of("/proc/" + pid + "/syscall")).split(" ");
            return words.length < 2 || words[0].startsWith("-") ? Optional.empty() : Optional.of(Integer.parseInt(words[0]));
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    /** Sends it {@code signal}; false when it is gone. */
    public boolean signal(int signal) {
        return isAlive() && ProcessCalls.kill(pid, signal);
    }

    /** Waits until it has ended and its pid is free. Empty when somebody else took its exit status. */
    public Optional<ChildCalls.ExitStatus> awaitEnd() {
        if (!ChildCalls.awaitEnd(pidfd, LIMIT)) {
            throw new AssertionError("process " + pid + " did not end within " + LIMIT);
        }
        Optional<ChildCalls.ExitStatus> status = ChildCalls.tryReap(pidfd);
        exitStatus = status.isPresent() ? status : exitStatus;
        return exitStatus;
    }

    /** Kills it and waits until its pid is free; the second time does nothing. */
    @Override
    public void close() {
        if (!pidfd.isOpen()) {
            return;
        }
        signal(SIGKILL);
        awaitEnd();
        pidfd.close();
    }

    @Override
    public String toString() {
        return "program " + pid;
    }
}
