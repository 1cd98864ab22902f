package dev.stasis.host.model;

import dev.stasis.linux.Pid;
import dev.stasis.linux.proc.MemoryAreas;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.process.ProcessCalls;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A python process that sets up what a test asks for, says so and sleeps. Its descriptors start at 3; programs call
 * {@code also(pid)} for a child to be looked at, {@code ready()} / {@code ready_of_child()} to wait for one, and
 * {@code pause()} to let the test look before they go on.
 */
public final class Script implements AutoCloseable {
    private static final String BEFORE = """
            import os, sys, time
            _up = os.pipe(); os.dup2(_up[0], 900); os.dup2(_up[1], 901); os.close(_up[0]); os.close(_up[1])
            _also = []
            def also(pid): _also.append(pid)
            def ready(): os.write(901, b'x')
            def ready_of_child(): os.read(900, 1)
            def pause(): print(*_also, flush=True); os.read(0, 1)
            """;
    private static final String AFTER = """

            print(*_also, flush=True)
            time.sleep(600)
            """;

    private final Process process;
    private final BufferedReader output;
    private final List<Pid> pids = new ArrayList<>();

    private Script(Process process) {
        this.process = process;
        this.output = process.inputReader();
    }

    /** Runs {@code program} in {@code directory} and returns when it is set up. */
    public static Script start(Path directory, String program) throws IOException {
        Process process = new ProcessBuilder("/usr/bin/python3", "-c", BEFORE + program + AFTER)
                .directory(directory.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        Script script = new Script(process);
        script.pids.add(new Pid((int) process.pid()));
        String line = script.output.readLine();
        if (line == null) {
            script.close();
            throw new IOException("the script ended early");
        }
        for (String pid : line.split(" ")) {
            if (!pid.isEmpty()) {
                script.pids.add(new Pid(Integer.parseInt(pid)));
            }
        }
        return script;
    }

    /** Lets a program that called {@code pause()} go on, and returns when it has come to its next one or to its end. */
    void goOn() throws IOException {
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
        if (output.readLine() == null) {
            throw new IOException("the script ended early");
        }
    }

    /** The process that was started. */
    public Pid pid() {
        return pids.get(0);
    }

    /** It and the children it named, with their memory. */
    public List<ChainTask> tasks() {
        List<ChainTask> tasks = new ArrayList<>();
        for (Pid pid : pids) {
            tasks.add(new ChainTask(pid, MemoryAreas.parse(ProcFile.read(pid, "smaps"))));
        }
        return tasks;
    }

    /** Kills them all. */
    @Override
    public void close() {
        for (int i = pids.size() - 1; i > 0; i--) {
            ProcessCalls.kill(pids.get(i), 9);
        }
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
