package dev.stasis.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpRequest;
import dev.stasis.host.phase.Progress;
import dev.stasis.linux.Pid;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.PluginJars;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The parent of a vfork cannot stop before its child has gone its own way: that is waited for, but not for ever. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class FreezingDeadlineSpec {

    @Test
    void whatDoesNotStopInTimeIsNamedAndAllRunOn(Sandbox sandbox) {
        Program parent = suspended(sandbox, "1000");
        Pid child = ProcFile.children(parent.pid()).get(0);
        Path image = sandbox.path("image");
        Program tool = AttendedRestoreSpec.tool(sandbox, "dump", "-t", parent.pid().toString(), "-D", image.toString(), "--timeout",
                "1", "--plugins-dir", PluginJars.collect(sandbox.path("plugins"), name -> true).toString());

        assertThat(tool.awaitEnd()).hasValueSatisfying(end -> assertThat(end.exitedWith(1)).isTrue());
        assertThat(FileContents.text(sandbox.path("tool"))).contains("process " + parent.pid(),
                "did not stop in time: state D (vfork");
        assertThat(image).doesNotExist();
        for (Pid pid : List.of(parent.pid(), child)) {
            Await.until("nobody traces " + pid, () -> new String(ProcFile.read(pid, "status"), StandardCharsets.ISO_8859_1)
                    .contains("TracerPid:\t0\n"));
        }
        assertThat(ProcessStates.of(child)).isEqualTo('S');
        ProcessCalls.kill(child, 9);
        Await.until("the parent goes on", () -> FileContents.text(sandbox.path("output")).contains("child 0"));
    }

    @Test
    void whatDidNotStopInTimeIsLetGoOfWhenItDoesAlsoByThoseWhoStay(Stasis stasis, Sandbox sandbox) {
        Program parent = suspended(sandbox, "1000");
        DumpRequest request = new DumpRequest(parent.pid(), sandbox.path("image"), DumpRequest.Afterwards.KILL,
                Duration.ofMillis(300), Map.of());
        assertThatThrownBy(() -> stasis.dump(request, Progress.NONE)).hasMessageContaining("did not stop in time");
        assertThatThrownBy(() -> stasis.dump(request, Progress.NONE)).as("once more").hasMessageContaining("did not stop in time");

        ProcessCalls.kill(ProcFile.children(parent.pid()).get(0), 9);

        Await.until("the parent goes on", () -> FileContents.text(sandbox.path("output")).contains("child 0"));
        Await.until("nobody traces it", () -> new String(ProcFile.read(parent.pid(), "status"), StandardCharsets.ISO_8859_1)
                .contains("TracerPid:\t0\n"));
        new TreeCycle(stasis, sandbox).throughDeath(parent);
    }

    @Test
    void whatStopsInTimeIsDumped(Stasis stasis, Sandbox sandbox) {
        Program parent = suspended(sandbox, "1");
        Program back = new TreeCycle(stasis, sandbox).throughDeath(parent);

        Await.until("it has its child's status", () -> FileContents.text(sandbox.path("output")).contains("child 3"));
        assertThat(back.isAlive()).isTrue();
    }

    private static Program suspended(Sandbox sandbox, String seconds) {
        Program parent = sandbox.start(Programs.compileC("vfork.c").toString(), seconds);
        Await.until("its child sleeps", () -> ProcFile.children(parent.pid()).stream().anyMatch(child -> ProcessStates.of(child) == 'S'));
        return parent;
    }
}
