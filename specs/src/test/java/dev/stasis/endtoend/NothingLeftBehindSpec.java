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
 * The tool itself, on the command line, in a mount namespace where all places for temporary files are new and empty: what is
 * there afterwards, the tool left there. A refused dump, a dump, a refused restore and a restore.
 */
@ExtendWith(SandboxExtension.class)
class NothingLeftBehindSpec {
    private static final String SCRIPT = """
            set -u
            mount -t tmpfs stasis-test /dev/shm
            mkdir "$WORK/tmp"; mount -t tmpfs stasis-test "$WORK/tmp"
            case $TREE in # what is tested may itself lie below /tmp
                /tmp/*) mkdir -p "$WORK$TREE"; mount --bind "$TREE" "$WORK$TREE";;
            esac
            mount --rbind "$WORK/tmp" /tmp
            mkdir /tmp/runtime; export XDG_RUNTIME_DIR=/tmp/runtime
            find /tmp /dev/shm -xdev > "$WORK/files-before"
            cat /proc/self/mountinfo > "$WORK/mounts-before"
            setsid sleep 1000 < /dev/null > /dev/null 2>&1 & pid=$!
            $STASIS dump -t 1 -D "$WORK/refused" --plugins-dir "$WORK/plugins"; echo "refused dump: $?"
            $STASIS dump -t $pid -D "$WORK/image" --plugins-dir "$WORK/plugins"; echo "dump: $?"
            wait $pid 2> /dev/null
            $STASIS restore -d -D "$WORK/refused" --plugins-dir "$WORK/plugins"; echo "refused restore: $?"
            $STASIS restore -d -D "$WORK/image" --plugins-dir "$WORK/plugins"; echo "restore: $?"
            kill -0 $pid; echo "alive: $?"
            kill -9 $pid
            cat /proc/self/mountinfo > "$WORK/mounts-after"
            find /tmp /dev/shm -xdev | grep -vxF -f "$WORK/files-before" | sed 's/^/left: /'
            """;

    @Test
    void neitherFilesNorMountsNorProcesses(Sandbox sandbox) throws IOException {
        Path work = Files.createTempDirectory(Programs.folder(), "left-behind-");
        sandbox.own(() -> deleteAll(work));
        PluginJars.collect(work.resolve("plugins"), name -> true);
        List<String> tool = ToolJvm.command("/tmp");
        tool.add("dev.stasis.host.cli.Main");

        String output = Command.run("unshare", "-m", "env", "WORK=" + work, "TREE=" + Programs.tree(),
                "STASIS=" + String.join(" ", tool), "sh", "-c", SCRIPT);
        sandbox.awaitOrphans(orphan -> assertThat(orphan).as("a process left stopped").isNull());

        assertThat(output).contains("refused dump: 1\n").contains("\ndump: 0\n").contains("refused restore: 1\n")
                .contains("\nrestore: 0\n").contains("alive: 0\n").doesNotContain("left: ");
        assertThat(work.resolve("refused")).doesNotExist();
        assertThat(work.resolve("mounts-after")).hasSameTextualContentAs(work.resolve("mounts-before"));
    }

    private static void deleteAll(Path work) {
        Command.run("rm", "-r", work.toString());
    }
}
