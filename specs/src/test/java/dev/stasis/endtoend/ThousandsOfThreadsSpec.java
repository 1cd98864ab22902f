package dev.stasis.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpRequest;
import dev.stasis.host.phase.Progress;
import dev.stasis.linux.Pid;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A tree of 200 tasks with 2000 threads, three generations deep, each of which counts and checks itself; see threaded_tree.c. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class ThousandsOfThreadsSpec {
    private static final int TASKS = 201;
    private static final int THREADS = 2001;

    private static Program start(Sandbox sandbox) {
        Program root = sandbox.start(Programs.compileC("threaded_tree.c").toString(), "20", "9", "10");
        awaitAll(sandbox, "at first");
        return root;
    }

    private static int lines(Sandbox sandbox) {
        Path file = sandbox.path("lines");
        String text = Files.exists(file) ? FileContents.text(file) : "";
        assertThat(text).doesNotContain("BAD");
        return (int) text.lines().count();
    }

    /** Two lines: what was counted before the dump may make up the first. */
    private static void awaitAll(Sandbox sandbox, String when) {
        int now = lines(sandbox);
        Await.until("all threads count on " + when, () -> lines(sandbox) > now + 1);
    }

    /** The threads of each process of the tree. */
    private static TreeMap<Pid, List<Pid>> threads(Pid root) {
        TreeMap<Pid, List<Pid>> threads = new TreeMap<>();
        List<Pid> processes = new ArrayList<>(List.of(root));
        for (int i = 0; i < processes.size(); i++) {
            threads.put(processes.get(i), ProcFile.threads(processes.get(i)));
            processes.addAll(ProcFile.children(processes.get(i)));
        }
        return threads;
    }

    @Test
    void allOfThemCountOnAfterADumpAndAfterARestore(Stasis stasis, Sandbox sandbox) {
        Program root = start(sandbox);
        TreeMap<Pid, List<Pid>> before = threads(root.pid());
        assertThat(before).hasSize(TASKS);
        assertThat(before.values().stream().mapToInt(List::size).sum()).isEqualTo(THREADS);

        stasis.dump(DumpRequest.of(root.pid(), sandbox.path("copy")).then(DumpRequest.Afterwards.LEAVE_RUNNING), Progress.NONE);
        awaitAll(sandbox, "after the dump");
        assertThat(threads(root.pid())).isEqualTo(before);

        Program back = new TreeCycle(stasis, sandbox).throughDeath(root);
        awaitAll(sandbox, "after the restore");
        assertThat(threads(back.pid())).isEqualTo(before);

        back.close();
        sandbox.awaitOrphans(left -> {
            throw new AssertionError("process " + left.pid() + " is left");
        });
    }
}
