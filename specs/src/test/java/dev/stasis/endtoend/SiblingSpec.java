package dev.stasis.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.linux.Pid;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.proc.TaskStat;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.PluginJars;
import dev.stasis.testkit.ProcessSnapshot;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Puppet;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** With -S the root comes back as a child of whoever started the tool, who waits for it as for any other child. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class SiblingSpec {
    private static final int SIGKILL = 9;
    private static final int SIGTERM = 15;

    @Test
    void theRootIsAChildOfTheToolsParent(Stasis stasis, Sandbox sandbox) {
        Program root = sandbox.start(Programs.python(), Programs.source("ends_by_signal.py").toString());
        Await.until("it is ready", () -> FileContents.text(sandbox.path("output")).contains("ready"));
        Path image = new TreeCycle(stasis, sandbox).dumpAndKill(root, "image");

        restore(sandbox, image);

        Program back = sandbox.own(Program.attach(root.pid()));
        assertThat(parent(root.pid())).isEqualTo(ProcessCalls.self());
        back.signal(SIGTERM);
        assertThat(back.awaitEnd()).hasValueSatisfying(end -> assertThat(end.exitedWith(40 + SIGTERM)).as(end.toString()).isTrue());
    }

    @Test
    void allOfATreeIsAsItWas(Stasis stasis, Sandbox sandbox) {
        Puppet root = sandbox.puppet();
        Puppet child = root.fork();
        child.startThread();
        Puppet grandchild = child.fork();
        grandchild.letGo();
        child.letGo();
        root.letGo();
        ProcessSnapshot rootBefore = ProcessSnapshot.of(root.pid());
        ProcessSnapshot grandchildBefore = ProcessSnapshot.of(grandchild.pid());
        Path image = new TreeCycle(stasis, sandbox).dumpAndKill(root.program(), "image");

        restore(sandbox, image);

        Program back = sandbox.own(Program.attach(root.pid()));
        Await.until("they wait", () -> ProcessStates.waitsIn(back.pid(), 34) && ProcessStates.waitsIn(grandchild.pid(), 34));
        assertThat(rootBefore.differences(ProcessSnapshot.of(root.pid()), Tolerances.OF_A_RESTORE)).isEmpty();
        assertThat(grandchildBefore.differences(ProcessSnapshot.of(grandchild.pid()), Tolerances.OF_A_DESCENDANT)).isEmpty();
        for (Puppet one : new Puppet[] {grandchild, child}) {
            ProcessCalls.kill(one.pid(), SIGKILL);
        }
        back.close();
        sandbox.awaitOrphans(left -> {
            throw new AssertionError("process " + left.pid() + " is left");
        });
    }

    @Test
    void nothingIsLeftWhenTheRootsNumberIsTaken(Stasis stasis, Sandbox sandbox) {
        Puppet root = sandbox.puppet();
        root.letGo();
        Path image = new Cycle(stasis, sandbox).dumpAndLeave(root.pid(), "image");
        Program tool = tool(sandbox, image, "-d", "-S");
        assertThat(tool.awaitEnd()).hasValueSatisfying(end -> assertThat(end.exitedWith(1)).isTrue());
        assertThat(FileContents.text(sandbox.path("tool"))).contains("pid " + root.pid());
    }

    @Test
    void itIsForThoseWhoDoNotWait(Stasis stasis, Sandbox sandbox) {
        Program tool = tool(sandbox, sandbox.path("image"), "-S");
        assertThat(tool.awaitEnd()).hasValueSatisfying(end -> assertThat(end.exitedWith(2)).isTrue());
        assertThat(FileContents.text(sandbox.path("tool"))).contains("-S needs -d");
    }

    private static void restore(Sandbox sandbox, Path image) {
        Program tool = tool(sandbox, image, "-d", "-S");
        assertThat(tool.awaitEnd()).hasValueSatisfying(
                end -> assertThat(end.exitedWith(0)).as(FileContents.text(sandbox.path("tool"))).isTrue());
    }

    private static Program tool(Sandbox sandbox, Path image, String... options) {
        String[] arguments = new String[5 + options.length];
        System.arraycopy(new String[] {"restore", "-D", image.toString(), "--plugins-dir",
            PluginJars.collect(sandbox.path("plugins"), name -> true).toString()}, 0, arguments, 0, 5);
        System.arraycopy(options, 0, arguments, 5, options.length);
        return AttendedRestoreSpec.tool(sandbox, arguments);
    }

    private static Pid parent(Pid pid) {
        return new Pid(TaskStat.parse(ProcFile.read(pid, "stat")).parent());
    }
}
