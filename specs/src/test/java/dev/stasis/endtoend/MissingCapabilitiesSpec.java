package dev.stasis.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.testkit.PluginJars;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Without the capabilities it needs the tool says which it misses, and touches nothing. Needs setpriv of util-linux. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class MissingCapabilitiesSpec {

    @Test
    void aDumpIsRefusedAndTheProcessRunsOn(Sandbox sandbox) throws IOException {
        SelfChecking program = SelfChecking.inC(sandbox);
        Path output = sandbox.path("tool");
        Path plugins = PluginJars.collect(sandbox.path("plugins"), name -> true);
        List<String> command = new ArrayList<>(List.of("setpriv", "--inh-caps=-all", "--bounding-set=-all"));
        command.addAll(ToolJvm.command(ToolProcess.temporary(sandbox).toString()));
        command.addAll(List.of("dev.stasis.host.cli.Main", "dump", "-t", program.pid().toString(), "-D",
                sandbox.path("image").toString(), "--plugins-dir", plugins.toString()));

        Program tool = sandbox.own(Program.start(sandbox.directory(), output, command));

        assertThat(tool.awaitEnd()).hasValueSatisfying(end -> assertThat(end.exitedWith(1)).as(end.toString()).isTrue());
        assertThat(Files.readString(output)).contains("CAP_SYS_PTRACE");
        assertThat(sandbox.path("image")).doesNotExist();
        program.assertSound();
    }

    @Test
    void aRestoreThatCannotGiveBackCapabilitiesNamesThem(Stasis stasis, Sandbox sandbox) throws IOException {
        Program root = sandbox.start("sleep", "1000");
        Path image = new Cycle(stasis, sandbox).dumpAndKill(root, "image");
        List<String> command = new ArrayList<>(List.of("setpriv", "--bounding-set=-net_raw,-chown"));
        command.addAll(ToolJvm.command(ToolProcess.temporary(sandbox).toString()));
        command.addAll(List.of("dev.stasis.host.cli.Main", "restore", "-D", image.toString(), "--plugins-dir",
                PluginJars.collect(sandbox.path("plugins"), name -> true).toString()));

        Program tool = sandbox.own(Program.start(sandbox.directory(), sandbox.path("tool"), command));

        assertThat(tool.awaitEnd()).hasValueSatisfying(end -> assertThat(end.exitedWith(1)).as(end.toString()).isTrue());
        assertThat(FileContents.text(sandbox.path("tool"))).contains("stasis: task " + root.pid() + " (sleep): it had CAP_CHOWN, CAP_NET_RAW,"
                + " which this process may never gain (they are not in its bounding set)");
        assertThat(ProcessHandle.of(root.pid().number())).isEmpty();
    }
}
