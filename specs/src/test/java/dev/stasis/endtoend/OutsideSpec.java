package dev.stasis.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpRequest;
import dev.stasis.host.phase.Progress;
import dev.stasis.linux.Pid;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.linux.ptrace.TaskGoneException;
import dev.stasis.spi.StasisException;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.PluginJars;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Puppet;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A tree shares sessions and process groups with processes outside of it. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class OutsideSpec {

    @Test
    void aTreeInTheSessionAndGroupOfAnotherComesBackInThoseOfTheRestorer(Stasis stasis, Sandbox sandbox) {
        Puppet shell = sandbox.puppet();
        Puppet root = shell.fork();
        Puppet child = root.fork();
        child.letGo();
        root.letGo();
        shell.letGo();
        Path image = sandbox.path("image");
        stasis.dump(DumpRequest.of(root.pid(), image), Progress.NONE);
        root.program().awaitEnd();
        child.program().awaitEnd();
        shell.program().close(); // the group and session are gone then
        sandbox.awaitOrphans(left -> assertThat(left).isNull());

        Program back = new Cycle(stasis, sandbox).restore(image);

        Program childBack = Program.attach(child.pid());
        sandbox.own(() -> { // in this order, for the child becomes ours when its parent is gone
            back.close();
            childBack.close();
        });
        for (Pid pid : List.of(back.pid(), child.pid())) {
            assertThat(ProcessCalls.session(pid)).isEqualTo(ProcessCalls.session(ProcessCalls.self()));
            assertThat(ProcessCalls.group(pid)).isEqualTo(ProcessCalls.group(ProcessCalls.self()));
        }
    }

    @Test
    void aTreeInASessionWhoseLeaderHasDiedComesBackInThatSession(Stasis stasis, Sandbox sandbox) {
        Puppet leader = sandbox.puppet();
        Puppet root = leader.fork();
        root.letGo();
        Pid session = leader.pid();
        leader.program().close();
        Program orphan = sandbox.own(Program.attach(root.pid()));

        Program back = new Cycle(stasis, sandbox).restore(new Cycle(stasis, sandbox).dumpAndKill(orphan, "image"));

        assertThat(ProcessCalls.session(back.pid())).contains(session);
        assertThat(ProcessCalls.group(back.pid())).contains(session);
    }

    @Test
    void anOutsiderInTheSessionOfTheTreeIsNamed(Stasis stasis, Sandbox sandbox) {
        Puppet root = sandbox.puppet();
        Puppet between = root.fork();
        Puppet outsider = between.fork();
        outsider.letGo();
        exit(between);
        root.call(SyscallNumber.WAIT4, between.pid().number(), 0, 0, 0);
        root.letGo();
        sandbox.own(Program.attach(outsider.pid()));

        assertThatThrownBy(() -> stasis.dump(DumpRequest.of(root.pid(), sandbox.path("image")), Progress.NONE))
                .isInstanceOf(StasisException.class)
                .hasMessageContaining("process " + outsider.pid() + " (")
                .hasMessageContaining("outside of the tree is in the session that it leads");
        assertThat(sandbox.path("image")).doesNotExist();
    }

    @Test
    void anOutsiderInAGroupOfTheTreeIsNamed(Stasis stasis, Sandbox sandbox) {
        Puppet shell = sandbox.puppet();
        Puppet root = shell.fork();
        Puppet neighbour = shell.fork();
        root.call(SyscallNumber.SETPGID, 0, 0);
        neighbour.call(SyscallNumber.SETPGID, 0, root.pid().number());
        neighbour.letGo();
        root.letGo();
        shell.letGo();

        assertThatThrownBy(() -> stasis.dump(DumpRequest.of(root.pid(), sandbox.path("image")), Progress.NONE))
                .hasMessageContaining("process " + neighbour.pid() + " (")
                .hasMessageContaining("outside of the tree is in the process group that it leads");
    }

    private static void exit(Puppet puppet) {
        try {
            puppet.call(SyscallNumber.EXIT_GROUP, 0);
        } catch (TaskGoneException asIntended) {
            return;
        }
        throw new AssertionError(puppet + " survived exit_group(2)");
    }

    /** In a pid namespace the leaders of the session and the group are nowhere to be seen: their numbers are 0. */
    @Test
    void aTreeWhoseSessionIsLedFromAnotherPidNamespace(Sandbox sandbox) throws Exception {
        PluginJars.collect(sandbox.path("plugins"), name -> true);
        Path script = Files.writeString(sandbox.path("script"), String.join("\n",
                "exec >> output 2>&1 < /dev/null", // through this namespace's mounts
                "sh -c 'while :; do echo $((n += 1)); sleep 0.01; done' > numbers & pid=$!",
                "cut -d ' ' -f 5,6 /proc/$pid/stat",
                "until [ -s numbers ]; do sleep 0.01; done",
                "stasis() { " + java(sandbox) + " \"$@\" --plugins-dir plugins || exit 1; }",
                "stasis dump -t $pid -D image",
                "wait $pid",
                "seen=$(tail -n 1 numbers)",
                "stasis restore -d -D image",
                "until [ \"$(tail -n 1 numbers)\" -gt \"$seen\" ]; do sleep 0.01; done",
                "echo back at $(cut -d ' ' -f 5,6 /proc/$pid/stat)",
                "kill $pid", ""));
        Program tool = sandbox.start("unshare", "--pid", "--fork", "--mount-proc", "--kill-child", "sh", script.toString());
        Await.until("it is over", () -> !tool.isAlive());
        assertThat(Files.readString(sandbox.path("output"))).startsWith("0 0\n").contains("restored").endsWith("back at 0 0\n");
        List<String> numbers = Files.readAllLines(sandbox.path("numbers"));
        for (int i = 0; i < numbers.size(); i++) {
            assertThat(numbers.get(i)).isEqualTo(Integer.toString(i + 1));
        }
    }

    private static String java(Sandbox sandbox) {
        List<String> command = ToolJvm.command(ToolProcess.temporary(sandbox).toString());
        return "'" + String.join("' '", command) + "' dev.stasis.host.cli.Main";
    }
}
