package dev.stasis.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.testkit.Command;
import dev.stasis.testkit.PluginJars;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The tool where the numbers of a tree are those that its own threads are about to get, as in a container that was started
 * anew.
 */
@ExtendWith(SandboxExtension.class)
class YoungPidNamespaceSpec {
    private static final String SCRIPT = """
            set -u
            echo 29 > /proc/sys/kernel/ns_last_pid
            setsid sleep 1000 < /dev/null > /dev/null 2>&1 & pid=$!
            $STASIS dump -t $pid -D "$WORK/image" --plugins-dir "$WORK/plugins"; echo "dump of $pid: $?"
            wait $pid 2> /dev/null
            echo 20 > /proc/sys/kernel/ns_last_pid
            $STASIS restore -d -D "$WORK/image" --plugins-dir "$WORK/plugins"; echo "restore: $?"
            cat /proc/$pid/comm
            """;

    @Test
    void theToolMakesRoomForTheTree(Sandbox sandbox) {
        Path work = sandbox.path("work");
        PluginJars.collect(work.resolve("plugins"), name -> true);
        List<String> tool = ToolJvm.command("/tmp");
        tool.add("dev.stasis.host.cli.Main");

        String output = Command.run("unshare", "--pid", "--fork", "--kill-child", "--mount-proc", "env", "WORK=" + work,
                "STASIS=" + String.join(" ", tool), "setsid", "sh", "-c", SCRIPT);

        assertThat(output).contains("dump of 30: 0\n").contains("restore: 0\nsleep\n");
    }
}
