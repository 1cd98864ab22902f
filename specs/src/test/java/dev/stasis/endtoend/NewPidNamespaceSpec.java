package dev.stasis.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.Progress;
import dev.stasis.host.phase.RestoreReport;
import dev.stasis.host.phase.RestoreRequest;
import dev.stasis.linux.Pid;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A tree whose numbers are taken comes back in a pid namespace of its own, where it has them all the same. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class NewPidNamespaceSpec {
    private static final int SIGTERM = 15;

    @Test
    void aTreeComesBackBesideItself(Stasis stasis, Sandbox sandbox) {
        Program original = sandbox.start("bash", "-c", "sleep 1000 & wait; exit 3");
        Await.until("it waits", () -> ProcFile.children(original.pid()).stream().anyMatch(NewPidNamespaceSpec::isAsleep));
        Pid sleeping = ProcFile.children(original.pid()).get(0);
        Path image = new Cycle(stasis, sandbox).dumpAndLeave(original.pid(), "image");

        RestoreReport report = stasis.restore(RestoreRequest.of(image).inNewPidNamespace(), Progress.NONE);
        Program init = sandbox.own(Program.attach(report.child()));
        Pid child = ProcFile.children(report.root()).get(0);

        assertThat(numbers(init.pid())).endsWith("1");
        assertThat(numbers(report.root())).endsWith(original.pid().toString()).doesNotStartWith(original.pid().toString());
        assertThat(numbers(child)).endsWith(sleeping.toString());
        assertThat(ProcFile.children(init.pid())).isEqualTo(List.of(report.root()));
        assertThat(original.isAlive()).isTrue();
        ProcessCalls.kill(child, SIGTERM);
        assertThat(init.awaitEnd()).as("the first process ends as the root did")
                .hasValueSatisfying(end -> assertThat(end.exitedWith(3)).isTrue());
        ProcessCalls.kill(sleeping, SIGTERM);
        assertThat(original.awaitEnd()).hasValueSatisfying(end -> assertThat(end.exitedWith(3)).isTrue());
    }

    @Test
    void theEndOfTheFirstProcessIsTheEndOfAll(Stasis stasis, Sandbox sandbox) {
        Program original = sandbox.start("sleep", "1000");
        Await.until("it sleeps", () -> isAsleep(original.pid()));
        Path image = new Cycle(stasis, sandbox).dumpAndLeave(original.pid(), "image");
        RestoreReport report = stasis.restore(RestoreRequest.of(image).inNewPidNamespace(), Progress.NONE);
        sandbox.own(Program.attach(report.child())).close();
        assertThat(ProcessStates.of(report.root())).isEqualTo(' ');
    }

    private static boolean isAsleep(Pid pid) {
        return ProcessStates.waitsIn(pid, SyscallNumber.CLOCK_NANOSLEEP);
    }

    /** Its number in this pid namespace and in all below it that it is in. */
    private static String numbers(Pid pid) {
        return new String(ProcFile.read(pid, "status"), StandardCharsets.ISO_8859_1).lines()
                .filter(line -> line.startsWith("NSpid:")).findFirst().orElseThrow().substring(6).strip();
    }
}
