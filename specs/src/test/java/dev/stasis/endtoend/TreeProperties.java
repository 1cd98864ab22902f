package dev.stasis.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpRequest;
import dev.stasis.host.phase.Progress;
import dev.stasis.host.phase.RestoreRequest;
import dev.stasis.host.task.rebirth.RebirthError;
import dev.stasis.linux.Pid;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.spi.StasisException;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.PluginJars;
import dev.stasis.testkit.ProcessSnapshot;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.RecordingLog;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.TreeSnapshot;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import net.jqwik.api.statistics.Statistics;

/**
 * Whatever a tree has come to be like, it comes back so that /proc tells nothing else of it, but for what {@link Tolerances}
 * list; or the dump refuses it by name. The property {@code stasis.rounds} says how many trees are tried.
 */
class TreeProperties {
    private static Sandbox around;
    private static Stasis stasis;
    private static RecordingLog log;

    @BeforeContainer
    static void start() {
        around = Sandbox.open();
        log = new RecordingLog();
        stasis = Stasis.start(PluginJars.collect(around.path("plugins"), name -> true), log);
    }

    @AfterContainer
    static void stop() throws Exception {
        stasis.close();
        around.close();
    }

    @Provide
    Arbitrary<TreeShape> trees() {
        return TreeShapes.all();
    }

    /**
     * How often is said by the build (jqwik.tries.default). Nothing is shrunk: jqwik does that on other threads, but who traces
     * must stay the same one. The seed that it prints brings the same trees again.
     */
    @Property(edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void theyComeBackAsTheyWere(@ForAll("trees") TreeShape shape) throws Exception {
        try (Sandbox sandbox = Sandbox.open()) {
            log.clear();
            PuppetTree tree = PuppetTree.grow(sandbox, shape);
            try {
                Statistics.label("refused").collect(isRefused(tree, sandbox.path("image")))
                        .coverage(refused -> refused.check(true).percentage(share -> share <= 50));
            } catch (Exception | AssertionError e) {
                throw new AssertionError(tree.story() + String.join("\n", log.lines()), e);
            } finally {
                tree.end();
            }
        }
    }

    private static boolean isRefused(PuppetTree tree, Path image) {
        Program root = tree.root().program();
        Await.until("no puppet is on its way any more",
                () -> TreeSnapshot.of(root.pid()).processes().keySet().stream().noneMatch(ProcessStates::anyRuns));
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
        Await.until("all of it is gone", () -> before.processes().keySet().stream().allMatch(TreeProperties::isGone));
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
        ProcessCalls.awaitChild(pid);
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
