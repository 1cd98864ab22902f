package dev.stasis.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.linux.Pid;
import dev.stasis.testkit.PluginJars;
import dev.stasis.testkit.ProcessSnapshot;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The tool is killed at random moments. A process that was being dumped runs on unharmed; of a tree that was being restored
 * there is nothing, or all of it when the restore was over.
 */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class SuddenDeathSpec {
    private static final int DEATHS = 30;
    private static final int DEATHS_OF_A_KILLING_DUMP = 10;
    /** Longer than a round of a warm tool takes, so that every moment of it comes up. */
    private static final int ROUND_MICROS = 60_000;
    /** Longer than a cold start and a dump take together. */
    private static final int COLD_MICROS = 1_200_000;

    private static final List<String> SCHEDULING = List.of("Cpus_allowed", "stat/policy", "stat/rt_priority", "stat/nice");

    private final Random random = new Random();

    @Test
    void theProcessRunsOnWhenTheToolDiesInADump(Sandbox sandbox) {
        SelfChecking program = SelfChecking.inC(sandbox);
        Map<String, String> scheduling = scheduling(program.pid());
        String plugins = plugins(sandbox);
        for (int i = 0; i < DEATHS; i++) {
            ToolProcess tool = ToolProcess.start(sandbox, "tool-" + i, "dump", plugins, program.pid().toString(),
                    sandbox.path("image-" + i).toString());
            tool.awaitRounds(1);
            dieWithin(tool, ROUND_MICROS);
            sandbox.awaitOrphans(orphan -> assertThat(orphan).as("a process of the tool").isNull());
            program.awaitLines(3);
            assertThat(scheduling(program.pid())).as("how its threads are scheduled").isEqualTo(scheduling);
        }
        program.assertSound();
    }

    @Test
    void theProcessRunsOnOrItsImageIsWholeWhenTheToolDiesInADumpThatKills(Stasis stasis, Sandbox sandbox) {
        SelfChecking program = SelfChecking.inC(sandbox);
        String plugins = plugins(sandbox);
        for (int i = 0; i < DEATHS_OF_A_KILLING_DUMP; i++) {
            Path image = sandbox.path("image-" + i);
            ToolProcess tool = ToolProcess.start(sandbox, "tool-" + i, "once", plugins, program.pid().toString(), image.toString());
            dieWithin(tool, COLD_MICROS);
            sandbox.awaitOrphans(orphan -> assertThat(orphan).as("a process of the tool").isNull());
            if (!program.program().isAlive()) {
                program.program().awaitEnd();
                program = program.backAs(new Cycle(stasis, sandbox).restore(image));
            }
            program.awaitLines(3);
        }
        program.assertSound();
    }

    @Test
    void nothingIsLeftWhenTheToolDiesInARestore(Stasis stasis, Sandbox sandbox) {
        SelfChecking program = SelfChecking.inC(sandbox);
        Cycle cycle = new Cycle(stasis, sandbox);
        Path image = cycle.dumpAndKill(program.program(), "image");
        FileContents files = FileContents.of(program.files());
        String plugins = plugins(sandbox);
        ToolProcess.temporary(sandbox);
        List<String> before = everythingIn(sandbox.directory());
        for (int i = 0; i < DEATHS; i++) {
            ToolProcess tool = ToolProcess.start(sandbox, "tool", "restore", plugins, image.toString());
            tool.awaitRounds(1);
            dieWithin(tool, ROUND_MICROS);
            sandbox.awaitOrphans(orphan -> assertThat(orphan.pid()).as("the only process that may be left").isEqualTo(program.pid()));
            delete(tool.output());
            files.putBack();
            assertThat(everythingIn(sandbox.directory())).as("files").isEqualTo(before);
        }
        SelfChecking back = program.backAs(cycle.restore(image));
        back.awaitLines(20);
        back.assertSound();
    }

    private void dieWithin(ToolProcess tool, int micros) {
        LockSupport.parkNanos(random.nextInt(micros) * 1000L);
        tool.kill();
    }

    private static String plugins(Sandbox sandbox) {
        return PluginJars.collect(sandbox.path("plugins"), name -> true).toString();
    }

    private static Map<String, String> scheduling(Pid pid) {
        Map<String, String> scheduling = new TreeMap<>(ProcessSnapshot.of(pid).facts());
        scheduling.keySet().removeIf(fact -> SCHEDULING.stream().noneMatch(fact::endsWith));
        return scheduling;
    }

    /** All files but one: a restore that came to its end leaves its figures in the image. */
    private static List<String> everythingIn(Path directory) {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.map(Path::toString).filter(file -> !file.endsWith("/stats-restore")).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
