package dev.stasis.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpRequest;
import dev.stasis.host.phase.Progress;
import dev.stasis.linux.Pid;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.ProcessSnapshot;
import dev.stasis.testkit.Puppet;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.TreeSnapshot;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Dump, death and return of a process with all below it. */
final class TreeCycle {
    private final Stasis stasis;
    private final Sandbox sandbox;

    TreeCycle(Stasis stasis, Sandbox sandbox) {
        this.stasis = stasis;
        this.sandbox = sandbox;
    }

    /** Dumps {@code root} and all below it into the new directory {@code image}, and waits until all of it is gone. */
    Path dumpAndKill(Program root, String image) {
        Path directory = sandbox.path(image);
        stasis.dump(DumpRequest.of(root.pid(), directory), Progress.NONE);
        root.awaitEnd();
        sandbox.awaitOrphans(left -> {
            throw new AssertionError("process " + left.pid() + " outlived the dump");
        });
        return directory;
    }

    /** The whole way for a tree that is busy. */
    Program throughDeath(Program root) {
        return new Cycle(stasis, sandbox).restore(dumpAndKill(root, "image"));
    }

    /** The whole way for puppets, all of them let go: what /proc tells of each is as it was. The root that came back. */
    Puppet throughDeath(Puppet root) {
        Await.until("no puppet is on its way any more", () -> TreeSnapshot.of(root.pid()).processes().keySet().stream()
                .noneMatch(ProcessStates::anyRuns));
        TreeSnapshot before = TreeSnapshot.of(root.pid());
        Program back = throughDeath(root.program());
        List<Program> others = before.processes().keySet().stream().filter(pid -> !pid.equals(back.pid())).map(Program::attach)
                .toList();
        sandbox.own(new Owned(back, others));
        awaitRest(before);
        assertThat(before.differences(TreeSnapshot.of(back.pid()), Tolerances.OF_A_RESTORE, Tolerances.OF_A_DESCENDANT))
                .isEmpty();
        return sandbox.own(Puppet.attach(back.pid()));
    }

    /** Those that waited wait again, those that were stopped stand again. */
    private static void awaitRest(TreeSnapshot before) {
        for (Map.Entry<Pid, ProcessSnapshot> was : before.processes().entrySet()) {
            String state = was.getValue().facts().get("task/" + was.getKey() + "/stat/state");
            if (state != null && state.equals("T")) {
                Await.until(was.getKey() + " is stopped", () -> ProcessStates.of(was.getKey()) == 'T');
            } else if (state != null) {
                Await.until(was.getKey() + " waits", () -> ProcessStates.waitsIn(was.getKey(), SyscallNumber.PAUSE));
            }
        }
    }

    /** The root, and those that become ours when it is gone. */
    private record Owned(Program root, List<Program> others) implements AutoCloseable {
        @Override
        public void close() {
            root.close();
            others.forEach(Program::close);
        }
    }
}
