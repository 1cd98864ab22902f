package dev.stasis.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.linux.Pid;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.PluginJars;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A restore that is not detached stands for the root: what asks the tool to end reaches the root, and it ends as the root does. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class AttendedRestoreSpec {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 15})
    void aSignalReachesTheRootWhoseStatusTheToolEndsWith(int signal, Stasis stasis, Sandbox sandbox) {
        Program root = sandbox.start(Programs.python(), Programs.source("ends_by_signal.py").toString());
        Await.until("it is ready", () -> FileContents.text(sandbox.path("output")).contains("ready"));
        Pid pid = root.pid();
        Path image = new TreeCycle(stasis, sandbox).dumpAndKill(root, "image");

        Path pidFile = sandbox.path("pid");
        Program tool = tool(sandbox, "restore", "-D", image.toString(), "--pidfile", pidFile.toString(), "--plugins-dir",
                PluginJars.collect(sandbox.path("plugins"), name -> true).toString());
        Await.until("the root is back and attended", () -> !tool.isAlive() || Files.exists(pidFile) && isAttended(tool));
        tool.signal(signal);

        assertThat(tool.awaitEnd()).hasValueSatisfying(
                end -> assertThat(end.exitedWith(40 + signal)).as("%s: %s", end, FileContents.text(sandbox.path("tool"))).isTrue());
        assertThat(ProcessHandle.of(pid.number())).isEmpty();
    }

    /** From then on, when it waits for its child in wait4 or waitid, it passes signals on. */
    private static boolean isAttended(Program tool) {
        return tool.threads().stream().anyMatch(thread -> ProcessStates.waitsIn(thread, 61) || ProcessStates.waitsIn(thread, 247));
    }

    /** The tool in a process of its own, which prints to the file {@code tool}. */
    static Program tool(Sandbox sandbox, String... arguments) {
        List<String> command = ToolJvm.command(ToolProcess.temporary(sandbox).toString());
        command.add("dev.stasis.host.cli.Main");
        command.addAll(List.of(arguments));
        return sandbox.own(Program.start(sandbox.directory(), sandbox.path("tool"), command));
    }
}
