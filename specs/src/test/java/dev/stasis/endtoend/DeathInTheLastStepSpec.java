package dev.stasis.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.linux.Fd;
import dev.stasis.linux.Pid;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.process.ChildCalls;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.PluginJars;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The tool is killed just when it lets a large tree go, or ends it: at the moment at which the first task was let go of, or ended,
 * and the others were not. The property {@code stasis.rounds} says how often.
 */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class DeathInTheLastStepSpec {
    private static final int ROUNDS = Integer.getInteger("stasis.rounds", 1);
    private static final int CHILDREN = 150;
    private static final int SIGKILL = 9;

    private String plugins;

    @BeforeEach
    void collectPlugins(Sandbox sandbox) {
        plugins = PluginJars.collect(sandbox.path("plugins"), name -> true).toString();
    }

    @Test
    void allComeBackWhenTheFirstThatDoesKillsTheTool(Stasis stasis, Sandbox sandbox) {
        Program root = start(sandbox);
        Path image = new TreeCycle(stasis, sandbox).dumpAndKill(root, "image");
        for (int round = 0; round < ROUNDS; round++) {
            ToolProcess tool = ToolProcess.start(sandbox, "restore-" + round, "run", plugins, image.toString());
            makeVictim(sandbox, tool.program().pid());
            tool.program().awaitEnd();
            awaitAll(sandbox, "in round " + round + tool.text());
            end(sandbox, root.pid());
        }
    }

    @Test
    void allOrNoneComeBackWhenTheToolDiesBeforeTheFirstDoes(Stasis stasis, Sandbox sandbox) {
        Program root = start(sandbox);
        Path image = new TreeCycle(stasis, sandbox).dumpAndKill(root, "image");
        int whole = 0;
        for (int round = 0; round < ROUNDS; round++) {
            ToolProcess tool = ToolProcess.start(sandbox, "restore-" + round, "run", plugins, image.toString());
            awaitWatchdog(tool);
            tool.kill();
            long now = lines(sandbox);
            Await.until("all count on, or the root is gone", () -> lines(sandbox) > now + 1 || !isThere(root.pid()));
            if (isThere(root.pid())) {
                whole++;
                end(sandbox, root.pid());
            }
            sandbox.awaitOrphans(left -> {
                throw new AssertionError("process " + left.pid() + " is left of a tree that is gone");
            });
        }
        System.out.println("of " + ROUNDS + " trees " + whole + " came back");
    }

    @Test
    void allAreGoneWhenTheToolDiesAsSoonAsTheFirstIsGone(Stasis stasis, Sandbox sandbox) throws IOException {
        for (int round = 0; round < ROUNDS; round++) {
            Program root = start(sandbox);
            ToolProcess tool = ToolProcess.start(sandbox, "dump-" + round, "once", plugins, root.pid().toString(),
                    sandbox.path("image-" + round).toString());
            try (Fd pidfd = ProcessCalls.pidfd(root.pid())) {
                assertThat(ChildCalls.awaitEnd(pidfd, Program.LIMIT)).as(tool.text()).isTrue();
            }
            tool.kill();
            root.awaitEnd();
            sandbox.awaitOrphans(left -> {
                throw new AssertionError("process " + left.pid() + " is left of a tree that was ended");
            });
            Files.delete(sandbox.path("lines"));
        }
    }

    private static Program start(Sandbox sandbox) {
        Program root = sandbox.start(Programs.compileC("many_tasks.c").toString(), Integer.toString(CHILDREN));
        awaitAll(sandbox, "at first");
        return root;
    }

    private static long lines(Sandbox sandbox) {
        Path file = sandbox.path("lines");
        return Files.exists(file) ? FileContents.text(file).lines().count() : 0;
    }

    private static void awaitAll(Sandbox sandbox, String when) {
        long now = lines(sandbox);
        Await.until("all count on " + when, () -> lines(sandbox) > now + 1);
    }

    /** In one step, since it is read all the time. */
    private static void makeVictim(Sandbox sandbox, Pid tool) {
        try {
            Path file = Files.writeString(sandbox.path("new"), tool + "\n");
            Files.move(file, sandbox.path("victim"), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The first child of the tool is the seed, which in the end waits in read(2) for the tool to die, or to say that it has done. */
    private static void awaitWatchdog(ToolProcess tool) {
        Pid process = tool.program().pid();
        Await.until("the tool has a child; it printed: " + tool.text(), () -> !ProcFile.children(process).isEmpty());
        Pid seed = ProcFile.children(process).get(0);
        while (!ProcessStates.waitsIn(seed, 0) && ProcessStates.of(seed) != ' ') {
            Thread.onSpinWait();
        }
    }

    private static boolean isThere(Pid root) {
        char state = ProcessStates.of(root);
        return state != ' ' && state != 'Z';
    }

    /** The root last, because the others are found by it. */
    private static void end(Sandbox sandbox, Pid root) {
        List<Pid> children = ProcFile.children(root);
        assertThat(children).hasSize(CHILDREN);
        children.forEach(child -> ProcessCalls.kill(child, SIGKILL));
        ProcessCalls.kill(root, SIGKILL);
        sandbox.awaitOrphans(left -> assertThat(left.pid()).as("process that is left").matches(pid -> pid.equals(root) || children.contains(pid)));
    }
}
