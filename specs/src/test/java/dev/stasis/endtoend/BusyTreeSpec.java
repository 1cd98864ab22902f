package dev.stasis.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpRequest;
import dev.stasis.host.phase.Progress;
import dev.stasis.host.phase.RestoreRequest;
import dev.stasis.linux.Pid;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.PluginJars;
import dev.stasis.testkit.Command;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A tree that never rests is dumped, killed and restored over and over while others use the processors, and the tool is killed
 * at any moment of it. The property {@code stasis.rounds} says how often.
 */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class BusyTreeSpec {
    private static final int ROUNDS = Integer.getInteger("stasis.rounds", 2);
    private static final Map<String, List<String>> CHANGED = Map.of("take-changed-files", List.of(""));
    private static final int ROUND_MICROS = 400_000;

    private final Random random = new Random();

    private static Program start(Sandbox sandbox) {
        return sandbox.start(Programs.python(), Programs.source("busy_tree.py").toString());
    }

    private static int lines(Sandbox sandbox) {
        Path file = sandbox.path("lines");
        String text = Files.exists(file) ? FileContents.text(file) : "";
        assertThat(text).doesNotContain("BAD");
        return (int) text.lines().count();
    }

    private static void awaitProgress(Sandbox sandbox, String when) {
        int now = lines(sandbox);
        Await.until("it counts on " + when, () -> lines(sandbox) > now + 2);
    }

    private static void end(Sandbox sandbox, Program root) {
        root.close();
        sandbox.awaitOrphans(left -> {
            throw new AssertionError("process " + left.pid() + " is left");
        });
    }

    @Test
    void itGoesOnAfterEveryRestore(Stasis stasis, Sandbox sandbox) {
        sandbox.start("sh", "-c", "while :; do :; done");
        sandbox.start("sh", "-c", "while :; do :; done");
        Program root = start(sandbox);
        for (int round = 0; round < ROUNDS; round++) {
            awaitProgress(sandbox, "in round " + round);
            Path image = sandbox.path("image");
            stasis.dump(DumpRequest.of(root.pid(), image).then(DumpRequest.Afterwards.LEAVE_RUNNING), Progress.NONE);
            awaitProgress(sandbox, "after the dump of round " + round);
            end(sandbox, root);
            Pid back = stasis.restore(RestoreRequest.of(image).withAllPluginOptions(CHANGED), Progress.NONE).root();
            root = sandbox.own(Program.attach(back));
            Command.run("rm", "-r", image.toString());
        }
        awaitProgress(sandbox, "at the end");
        end(sandbox, root);
    }

    @Test
    void itIsWhollyThereOrWhollyGoneWhenTheToolDies(Stasis stasis, Sandbox sandbox) {
        String plugins = PluginJars.collect(sandbox.path("plugins"), name -> true).toString();
        Program root = start(sandbox);
        awaitProgress(sandbox, "at first");
        Path image = sandbox.path("image");
        stasis.dump(DumpRequest.of(root.pid(), image).then(DumpRequest.Afterwards.LEAVE_RUNNING), Progress.NONE);
        Pid pid = root.pid();
        for (int round = 0; round < ROUNDS; round++) {
            ToolProcess tool = ToolProcess.start(sandbox, "dump-" + round, "dump", plugins, root.pid().toString(),
                    sandbox.path("dumps-" + round).toString());
            tool.awaitRounds(1);
            LockSupport.parkNanos(random.nextInt(ROUND_MICROS) * 1000L);
            tool.kill();
            awaitProgress(sandbox, "when the tool died in dump " + round);
        }
        end(sandbox, root);
        for (int round = 0; round < ROUNDS; round++) {
            ToolProcess tool = ToolProcess.start(sandbox, "restore-" + round, "back", plugins, image.toString());
            LockSupport.parkNanos(1_000_000L * (300 + random.nextInt(1500)));
            tool.kill();
            boolean[] wasWhole = new boolean[1];
            // The first that is left need not be the root: its children's numbers may have begun anew. The rest end with it.
            sandbox.awaitOrphans(left -> {
                assertThat(wasWhole[0] || ProcessStates.of(pid) == 'T' && ProcFile.children(pid).size() >= 4)
                        .as("%s belongs to a whole tree", left.pid()).isTrue();
                wasWhole[0] = true;
            });
        }
        Pid back = stasis.restore(RestoreRequest.of(image).withAllPluginOptions(CHANGED), Progress.NONE).root();
        awaitProgress(sandbox, "after all of that");
        end(sandbox, sandbox.own(Program.attach(back)));
    }
}
