package dev.stasis.host.cli;

import dev.stasis.linux.Fd;
import dev.stasis.linux.Pid;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.linux.process.SpawnRequest;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A small real program that writes 1, 2, 3 ... into a file: one process that sleeps in between, with nothing open but that
 * file and /dev/null. It is the leader of a session of its own, as a service would be.
 */
final class CountingProgram implements AutoCloseable {
    private static final int SIGKILL = 9;
    private static final long PATIENCE_MILLIS = 20_000;
    private static final List<List<String>> PROGRAMS = List.of(
            List.of("/usr/bin/perl", "-e", "$| = 1; for ($i = 1; ; $i++) { print \"$i\\n\"; select(undef, undef, undef, 0.1) }"),
            List.of("/usr/bin/python3", "-c", "import itertools, time\nfor i in itertools.count(1):\n"
                    + " print(i, flush=True)\n time.sleep(0.1)"),
            // A shell alone has no way to sleep without a child, so this one is busy in between.
            List.of("/bin/sh", "-c", "i=0; while :; do i=$((i+1)); echo $i; j=0; while [ $j -lt 300000 ]; do j=$((j+1)); done; done"));

    private static final List<String> ENVIRONMENT = List.of("PATH=/usr/bin:/bin", "LC_ALL=C");

    private final Pid pid;
    private final Path output;
    private final String name;

    private CountingProgram(Pid pid, Path output, String name) {
        this.pid = pid;
        this.output = output;
        this.name = name;
    }

    /** Starts the first of the known programs that is installed; it writes to {@code output}. */
    static CountingProgram start(Path output) {
        for (List<String> program : PROGRAMS) {
            if (Files.isExecutable(Path.of(program.get(0)))) {
                return start(program, output);
            }
        }
        throw new StasisException(new Problem(CliError.DEMO_FAILED, "demo", "neither perl, python3 nor sh is installed",
                "install perl"));
    }

    /** Not through ProcessBuilder: the JDK waits for its children, and would take the stops of a traced one for its end. */
    private static CountingProgram start(List<String> program, Path output) {
        try (Fd nothing = FileCalls.open(UnixPath.of("/dev/null"), OpenFlags.RDONLY, 0);
                Fd numbers = FileCalls.open(UnixPath.of(output.toString()),
                        OpenFlags.WRONLY.with(OpenFlags.CREAT).with(OpenFlags.EXCL), 0600)) {
            UnixPath directory = UnixPath.of(output.getParent().toString());
            Pid pid = new SpawnRequest(UnixPath.of(program.get(0)), program, ENVIRONMENT, directory, nothing, numbers).spawn();
            return new CountingProgram(pid, output, Path.of(program.get(0)).getFileName().toString());
        }
    }

    Pid pid() {
        return pid;
    }

    String name() {
        return name;
    }

    /** Whether there is a process with its number. */
    boolean exists() {
        return Files.exists(Path.of("/proc", Integer.toString(pid.number())));
    }

    /** Waits until it has written {@code more} numbers after the first {@code seen}; returns all that it wrote. */
    List<String> await(int seen, int more) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE_MILLIS * 1_000_000;
        while (System.nanoTime() < deadline) {
            List<String> lines = lines();
            if (lines.size() >= seen + more) {
                return lines;
            }
            Thread.sleep(20);
        }
        throw failure("stopped counting at " + lines().size());
    }

    /** The numbers written so far; a line that is still being written is not among them. */
    List<String> lines() throws IOException {
        // No stream: those would be in the archive that is made of a run with this program, and be loaded by each run after it.
        String text = Files.readString(output);
        int end = text.lastIndexOf('\n');
        return end < 0 ? List.of() : List.of(text.substring(0, end).split("\n"));
    }

    /** Waits until the dumped process is gone, and its number free. */
    void awaitGone() {
        ProcessCalls.awaitChild(pid);
        if (exists()) {
            throw failure("is still there after the dump");
        }
    }

    StasisException failure(String reason) {
        return new StasisException(new Problem(CliError.DEMO_FAILED, "process " + pid + " (" + name + ")", reason, ""));
    }

    /** Ends the program, whichever of its lives it is in. */
    @Override
    public void close() {
        ProcessCalls.kill(pid, SIGKILL);
        ProcessCalls.awaitChild(pid);
    }
}
