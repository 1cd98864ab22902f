package dev.stasis.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpRequest;
import dev.stasis.host.phase.Progress;
import dev.stasis.host.phase.RestoreRequest;
import dev.stasis.host.task.rebirth.RebirthError;
import dev.stasis.linux.Pid;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.spi.StasisException;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.ProcessSnapshot;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import dev.stasis.testkit.TreeSnapshot;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Whatever a tree has come to be like, it comes back so that /proc tells nothing else of it, but for what {@link Tolerances}
 * list; or the dump refuses it by name. The property {@code stasis.rounds} says how many trees are tried, {@code stasis.seed}
 * the first of them.
 */
@ExtendWith({SandboxExtension.class, StasisExtension.class})
class RandomTreesSpec {
    private static final int ROUNDS = Integer.getInteger("stasis.rounds", 12);
    private static final long SEED = Long.getLong("stasis.seed", System.nanoTime());

    @Test
    void theyComeBackAsTheyWere(Stasis stasis, Sandbox sandbox) throws Exception {
        int refused = 0;
        for (int round = 0; round < ROUNDS; round++) {
            RandomTree tree = RandomTree.grow(sandbox, new Random(SEED + round), 30);
            try {
                refused += isRefused(stasis, tree, sandbox.path("image-" + round)) ? 1 : 0;
            } catch (Exception | AssertionError e) {
                throw new AssertionError("seed " + (SEED + round) + ":\n" + tree.story(), e);
            } finally {
                tree.end();
                tree.root().close();
            }
        }
        assertThat(refused).as("trees that are refused").isLessThanOrEqualTo(ROUNDS / 2);
    }

    private static boolean isRefused(Stasis stasis, RandomTree tree, Path image) {
        Program root = tree.root().program();
        TreeSnapshot before = TreeSnapshot.of(root.pid());
        try {
            stasis.dump(DumpRequest.of(root.pid(), image), Progress.NONE);
        } catch (StasisException refusal) {
            assertThat(refusal.problems()).allSatisfy(
                    problem -> assertThat(problem.code()).isEqualTo(RebirthError.SESSION_UNREACHABLE));
            assertThat(before.differences(TreeSnapshot.of(root.pid()), Tolerances.OF_A_RESTORE, Tolerances.OF_A_DESCENDANT)).isEmpty();
            return true;
        }
        root.awaitEnd();
        Await.until("all of it is gone", () -> before.processes().keySet().stream().allMatch(RandomTreesSpec::isGone));
        Pid back = stasis.restore(RestoreRequest.of(image), Progress.NONE).root();
        List<Program> all = new ArrayList<>(List.of(Program.attach(back)));
        before.processes().keySet().stream().filter(pid -> !pid.equals(back)).map(Program::attach).forEach(all::add);
        try {
            awaitRest(before);
            assertThat(before.differences(TreeSnapshot.of(back), Tolerances.OF_A_RESTORE, Tolerances.OF_A_DESCENDANT)).isEmpty();
        } finally {
            all.forEach(Program::close);
        }
        return false;
    }

    /** Orphans become ours, and wait for us to take notice. */
    private static boolean isGone(Pid pid) {
        dev.stasis.linux.process.ProcessCalls.awaitChild(pid);
        return ProcessStates.of(pid) == ' ';
    }

    private static void awaitRest(TreeSnapshot before) {
        for (Map.Entry<Pid, ProcessSnapshot> was : before.processes().entrySet()) {
            String state = was.getValue().facts().get("task/" + was.getKey() + "/stat/state");
            if (state != null) {
                Await.until(was.getKey() + " is at rest", () -> state.equals("T") ? ProcessStates.of(was.getKey()) == 'T'
                        : ProcessStates.waitsIn(was.getKey(), SyscallNumber.PAUSE));
            }
        }
    }
}
