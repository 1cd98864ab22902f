package dev.stasis.host.task.freeze;

import dev.stasis.linux.Pid;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.proc.TaskStat;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A real program to freeze, killed with all its children at the end of a test. It is not a child of this Java process but of
 * a shell in between, because the thread that Java starts for each child waits for it and would take its stops from us.
 */
public final class Victim implements AutoCloseable {
    private static final String SHELL = "exec 3<&0; \"$@\" <&3 3<&- & echo $!; exec 3<&-; wait $!";

    private final Process process;
    private final BufferedReader output;
    private final Pid pid;

    private Victim(Process process) throws IOException {
        this.process = process;
        this.output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        this.pid = new Pid(Integer.parseInt(output.readLine()));
    }

    public static Victim start(String... command) throws IOException {
        List<String> all = new ArrayList<>(List.of("sh", "-c", SHELL, "sh"));
        all.addAll(List.of(command));
        return new Victim(new ProcessBuilder(all).redirectError(ProcessBuilder.Redirect.INHERIT).start());
    }

    /** A python program, which has to write a line when it is ready. */
    public static Victim python(String... lines) throws IOException {
        Victim victim = start("python3", "-u", "-c", String.join("\n", lines));
        if (victim.readLine() == null) {
            throw new IOException("the program ended at once");
        }
        return victim;
    }

    public static Victim sleeping() throws IOException {
        Victim victim = start("sleep", "1000");
        while (!victim.stat().name().equals("sleep") || victim.stat().state() != 'S') {
            Thread.onSpinWait();
        }
        return victim;
    }

    public Pid pid() {
        return pid;
    }

    public TaskStat stat() {
        return TaskStat.parse(ProcFile.read(pid(), "stat"));
    }

    public String readLine() throws IOException {
        return output.readLine();
    }

    /** Sends it an empty line and returns its answer. */
    public String ask() throws IOException {
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
        return readLine();
    }

    /** Ends its standard input and returns its exit code. */
    public int finish() throws Exception {
        process.getOutputStream().close();
        return process.waitFor();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public int waitFor() throws InterruptedException {
        return process.waitFor();
    }

    /** Waits until the kernel shows state {@code state}. */
    public void awaitState(char state) {
        while (stat().state() != state) {
            Thread.onSpinWait();
        }
    }

    @Override
    public void close() {
        List<ProcessHandle> descendants = process.descendants().toList();
        descendants.forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        boolean interrupted = false;
        while (process.isAlive()) {
            try {
                process.waitFor();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
