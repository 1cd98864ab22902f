package dev.stasis.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.testkit.Command;
import dev.stasis.testkit.PluginJars;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * One tree of bash and python3 that holds everything at once: a queue of unread events on a directory with ghosts, pipes with
 * lines and packets in flight, a file and a current directory on a detached mount and a watch below it, and a log that is
 * replaced at the restore.
 */
@ExtendWith(SandboxExtension.class)
class FiveKindsSpec {

    @Test
    void theTreeFinishesItsWorkAsItsUndisturbedTwinDoes(Sandbox sandbox) throws IOException {
        run(sandbox, "twin", "");
        run(sandbox, "dumped", "");

        String twin = log(sandbox, "twin");
        assertThat(twin).contains("consumer: line 1, ").contains("packet b'three'").contains("/in/file /in\n")
                .endsWith("finished\n");
        assertThat(log(sandbox, "dumped")).isEqualTo(twin);
        assertThat(sandbox.path("work/dumped/later-log")).content().endsWith("finished\n");
    }

    @Test
    void whatIsUnclaimedWithAFewPluginsIsRefusedByNameAndTheTreeFinishesAllTheSame(Sandbox sandbox) throws IOException {
        run(sandbox, "twin", "");
        String output = run(sandbox, "subset", "regular-files,pipes");

        assertThat(output).contains("dump not done").contains("inotify").contains("(deleted)").contains("/in/file")
                .doesNotContain("pipe:[").doesNotContain("not refused");
        assertThat(log(sandbox, "subset")).isEqualTo(log(sandbox, "twin"));
    }

    private static String run(Sandbox sandbox, String mode, String plugins) {
        List<String> tool = ToolJvm.command("/tmp");
        tool.add("dev.stasis.host.cli.Main");
        Path work = sandbox.path("work");
        Path script = Programs.source("five-kinds-cycle.sh");
        Path jars = sandbox.path("plugins");
        if (!Files.exists(jars)) {
            PluginJars.collect(jars, name -> true);
        }
        return Command.run("unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "env",
                "WORK=" + work, "PROGRAMS=" + script.getParent(), "PYTHON=" + Programs.python(), "SUBSET=" + plugins,
                "STASIS_PLUGINS=" + jars, "STASIS=" + String.join(" ", tool), "setsid", "sh", script.toString(), mode);
    }

    private static String log(Sandbox sandbox, String mode) throws IOException {
        return Files.readString(sandbox.path("work/" + mode + ".log"));
    }
}
