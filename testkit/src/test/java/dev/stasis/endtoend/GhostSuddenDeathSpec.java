package dev.stasis.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.PluginJars;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The tool is killed at random moments while it brings back deleted files: none of them is left behind under a name. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class GhostSuddenDeathSpec {
    private static final int DEATHS = Integer.getInteger("stasis.rounds", 5);
    private static final int ROUND_MICROS = 60_000;

    private final Random random = new Random();

    @Test
    void noNameIsLeftWhenTheToolDiesInARestore(Stasis stasis, Sandbox sandbox) throws Exception {
        Path folder = Files.createDirectory(sandbox.path("folder"));
        Path ready = sandbox.path("ready");
        Files.writeString(sandbox.path("program.py"), """
                import os, signal
                os.chdir('%s')
                for i in range(50):
                    os.write(os.open('gone%%d' %% i, os.O_RDWR | os.O_CREAT), b'x' * 100000); os.unlink('gone%%d' %% i)
                open('%s', 'w').close()
                while True: signal.pause()
                """.formatted(folder, ready));
        Program program = sandbox.start(Programs.python(), "-S", "-E", sandbox.path("program.py").toString());
        Await.until("the program is ready", () -> Files.exists(ready));
        Path image = new Cycle(stasis, sandbox).dumpAndKill(program, "image");
        String plugins = PluginJars.collect(sandbox.path("plugins"), name -> true).toString();
        for (int i = 0; i < DEATHS; i++) {
            ToolProcess tool = ToolProcess.start(sandbox, "tool-" + i, "restore", plugins, image.toString());
            tool.awaitRounds(1);
            LockSupport.parkNanos(random.nextInt(ROUND_MICROS) * 1000L);
            tool.kill();
            sandbox.awaitOrphans(orphan -> assertThat(orphan.pid()).as("the only process left").isEqualTo(program.pid()));
            try (Stream<Path> left = Files.list(folder)) {
                assertThat(left.toList()).as("files left after death " + i).isEqualTo(List.of());
            }
        }
    }
}
