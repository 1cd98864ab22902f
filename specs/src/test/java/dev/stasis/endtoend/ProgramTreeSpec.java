package dev.stasis.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.linux.Pid;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Programs that people really run as trees of processes go on together. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class ProgramTreeSpec {
    private static final int SIGUSR1 = 10;
    private static final int SIGTERM = 15;

    @Test
    void aShellWithBackgroundJobsTrapsAndWait(Stasis stasis, Sandbox sandbox) {
        Path output = sandbox.path("output");
        Program shell = sandbox.start("bash", Programs.source("jobs.sh").toString());
        Await.until("it waits for its jobs", () -> FileContents.text(output).contains("status 7"));
        awaitCounting(output, 1);
        String[] pids = FileContents.text(sandbox.path("pids")).strip().split(" ");

        Program back = new TreeCycle(stasis, sandbox).throughDeath(shell);
        awaitCounting(output, 1);
        awaitCounting(output, 2);
        back.signal(SIGUSR1);
        Await.until("its trap runs", () -> FileContents.text(output).contains("usr1"));
        for (int job = 0; job < 3; job++) {
            ProcessCalls.kill(new Pid(Integer.parseInt(pids[job])), SIGTERM);
        }

        assertThat(back.awaitEnd()).hasValueSatisfying(end -> assertThat(end.exitedWith(0)).isTrue());
        assertThat(FileContents.text(output).lines().filter(line -> line.startsWith("status")))
                .containsExactly("status 7", "status 11", "status 12", "status 143");
    }

    /** Waits until job {@code job} has counted ten further than it is now. */
    private static void awaitCounting(Path output, int job) {
        int now = counted(output, job);
        Await.until("job " + job + " counts on", () -> counted(output, job) >= now + 10);
    }

    private static int counted(Path output, int job) {
        String marker = "job " + job + " counts ";
        String text = FileContents.text(output);
        int at = text.lastIndexOf(marker, text.lastIndexOf('\n'));
        return at < 0 ? 0 : Integer.parseInt(text.substring(at + marker.length(), text.indexOf('\n', at)));
    }

    @Test
    void workersOnSharedMemory(Stasis stasis, Sandbox sandbox) {
        Path lines = sandbox.path("lines");
        Program python = sandbox.start(Programs.python(), Programs.source("shared_workers.py").toString(), lines.toString(), "4");
        awaitRounds(lines, 5);

        Program back = new TreeCycle(stasis, sandbox).throughDeath(python);
        awaitRounds(lines, 5);
        back.signal(SIGUSR1);

        assertThat(back.awaitEnd()).hasValueSatisfying(end -> assertThat(end.exitedWith(0)).isTrue());
        assertThat(FileContents.text(lines)).doesNotContain("went back").contains("statuses [20, 21, 22, 23]");
    }

    private static void awaitRounds(Path lines, int more) {
        long now = rounds(lines);
        Await.until("all workers count", () -> rounds(lines) >= now + more);
    }

    private static long rounds(Path lines) {
        return FileContents.text(lines).lines().filter("all counted"::equals).count();
    }
}
