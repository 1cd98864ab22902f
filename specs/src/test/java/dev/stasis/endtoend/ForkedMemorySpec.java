package dev.stasis.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.linux.Pid;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import dev.stasis.testkit.TreeSnapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Memory that processes share since fork(2) is stored once, and shared again when they come back. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class ForkedMemorySpec {
    private static final int SIGUSR1 = 10;
    private static final int KIB = 32 << 10;

    @Test
    void isStoredOnceAndSharedAgain(Stasis stasis, Sandbox sandbox) throws IOException {
        isStoredOnceAndSharedAgain(stasis, sandbox, start(sandbox, 4));
    }

    @Test
    void alsoWhereTheParentHasLockedIt(Stasis stasis, Sandbox sandbox) throws IOException {
        isStoredOnceAndSharedAgain(stasis, sandbox, start(sandbox, 4, "locked"));
    }

    private static void isStoredOnceAndSharedAgain(Stasis stasis, Sandbox sandbox, Program parent) throws IOException {
        TreeSnapshot before = TreeSnapshot.of(parent.pid());
        long usedBefore = proportionalKib(before);

        Path image = new TreeCycle(stasis, sandbox).dumpAndKill(parent, "image");
        assertThat(size(image) >> 10).as("KiB of the image").isBetween((long) KIB, KIB * 3L / 2 + (8 << 10));
        Program back = new Cycle(stasis, sandbox).restore(image);

        List<Pid> tasks = new ArrayList<>(before.processes().keySet());
        tasks.forEach(pid -> awaitWait(pid, before));
        long usedAfter = proportionalKib(before);
        assertThat(usedAfter).as("KiB of memory, before it was " + usedBefore).isLessThan(usedBefore * 11 / 10 + (4 << 10));
        assertUnchanged(before, back);
        assertSound(sandbox, back, tasks);
    }

    @Test
    void staysSharedWhenADumpLeavesTheTreeOrOneOfItRunning(Stasis stasis, Sandbox sandbox) throws IOException {
        Program parent = start(sandbox, 4);
        TreeSnapshot tree = TreeSnapshot.of(parent.pid());
        long usedBefore = proportionalKib(tree);

        new Cycle(stasis, sandbox).dumpAndLeave(parent.pid(), "tree");
        new Cycle(stasis, sandbox).dumpAndLeave(ProcFile.children(parent.pid()).get(0), "child");

        assertThat(proportionalKib(tree)).as("KiB of memory").isLessThan(usedBefore * 11 / 10 + (4 << 10));
        assertSound(sandbox, parent, new ArrayList<>(tree.processes().keySet()));
    }

    @Test
    void besideAChildThatRunsAnotherProgram(Stasis stasis, Sandbox sandbox) throws IOException {
        Program parent = start(sandbox, 4, "another");
        TreeSnapshot before = TreeSnapshot.of(parent.pid());

        Program back = new TreeCycle(stasis, sandbox).throughDeath(parent);

        before.processes().keySet().forEach(pid -> awaitWait(pid, before));
        assertUnchanged(before, back);
        List<Pid> tasks = new ArrayList<>(before.processes().keySet());
        Pid sleep = tasks.stream().filter(pid -> comm(pid).equals("sleep")).findFirst().orElseThrow();
        tasks.remove(sleep);
        ProcessCalls.kill(sleep, 9);
        assertSound(sandbox, back, tasks);
    }

    /** Adjacent mappings that the kernel kept apart, because one of them was made after the fork, may be one now. */
    private static void assertUnchanged(TreeSnapshot before, Program back) {
        assertThat(before.differences(TreeSnapshot.of(back.pid()), Tolerances.OF_A_RESTORE, Tolerances.OF_A_DESCENDANT))
                .filteredOn(line -> !line.contains(": maps/") && !line.contains(": flags/")).isEmpty();
    }

    private static Program start(Sandbox sandbox, int children, String... more) {
        List<String> command = new ArrayList<>(List.of(Programs.python(), Programs.source("forked.py").toString(),
                Integer.toString(KIB), sandbox.path("lines").toString()));
        command.addAll(List.of(more));
        Program parent = sandbox.start(command.toArray(new String[0]));
        Await.until("all are ready", () -> FileContents.text(sandbox.path("lines")).lines().filter(line -> line.endsWith("ready"))
                .count() == children + 1);
        TreeSnapshot tree = TreeSnapshot.of(parent.pid());
        tree.processes().keySet().forEach(pid -> awaitWait(pid, tree));
        return parent;
    }

    /** In whatever call it waited before. */
    private static void awaitWait(Pid pid, TreeSnapshot before) {
        Await.until(pid + " waits", () -> ProcessStates.of(pid) == 'S');
    }

    private static void assertSound(Sandbox sandbox, Program back, List<Pid> tasks) throws IOException {
        for (Pid task : tasks) {
            ProcessCalls.kill(task, SIGUSR1);
        }
        back.awaitEnd();
        Path lines = sandbox.path("lines");
        Await.until("all have looked", () -> FileContents.text(lines).lines().filter(line -> !line.endsWith("ready")).count() == 5);
        assertThat(Files.readAllLines(lines)).filteredOn(line -> !line.endsWith("ready"))
                .containsExactlyInAnyOrder("parent sound", "same sound", "changed sound", "lost sound", "grandchild sound");
        sandbox.awaitOrphans(left -> ProcessCalls.kill(left.pid(), 9));
    }

    private static String comm(Pid pid) {
        return new String(ProcFile.read(pid, "comm"), StandardCharsets.UTF_8).strip();
    }

    /** What the tree takes of the machine's memory, shared pages counted once. */
    private static long proportionalKib(TreeSnapshot tree) {
        long sum = 0;
        for (Pid pid : tree.processes().keySet()) {
            String rollup = new String(ProcFile.read(pid, "smaps_rollup"), StandardCharsets.UTF_8);
            for (String line : rollup.lines().filter(one -> one.startsWith("Pss:")).toList()) {
                sum += Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        return sum;
    }

    private static long size(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.mapToLong(file -> {
                try {
                    return Files.size(file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }).sum();
        }
    }
}
