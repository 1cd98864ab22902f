package dev.stasis.pipes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A tree with thousands of pipes. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class ManyPipesSpec {

    @Test
    void fiveThousandPipesComeBackWithTheirContents(Stasis stasis, Sandbox sandbox) throws Exception {
        Path go = sandbox.path("go");
        Program program = sandbox.start("bash", "-c", "ulimit -n 10100; exec python3 -c \"$1\"", "bash", """
                import os, time
                pipes = [os.pipe() for i in range(5000)]
                for i, (r, w) in enumerate(pipes):
                    os.write(w, b'pipe %d' % i)
                open('ready', 'w')
                while not os.path.exists('go'):
                    time.sleep(0.01)
                right = sum(os.read(r, 100) == b'pipe %d' % i for i, (r, w) in enumerate(pipes))
                for i, (r, w) in enumerate(pipes):
                    os.write(w, b'again %d' % i)
                right += sum(os.read(r, 100) == b'again %d' % i for i, (r, w) in enumerate(pipes))
                open('right', 'w').write(str(right))
                """);
        Await.until("all pipes are made", () -> Files.exists(sandbox.path("ready")) || !program.isAlive());
        assertThat(program.isAlive()).isTrue();
        Path image = PipeCycle.dumpAndKill(stasis, sandbox, program, Map.of());
        Program back = PipeCycle.restore(stasis, sandbox, image, Map.of());
        Files.createFile(go);
        back.awaitEnd();
        assertThat(sandbox.path("right")).hasContent("10000");
    }

    /** There is room made for them in the image while they still run, which is given back where less comes to be written. */
    @Test
    void hundredsOfFullPipesComeBackAndTheImageIsNoLargerThanThat(Stasis stasis, Sandbox sandbox) throws Exception {
        Program program = sandbox.start("python3", "-c", """
                import os, time
                pipes = [os.pipe() for i in range(300)]
                for i, (r, w) in enumerate(pipes):
                    os.write(w, b'%04x' % i * 16384)
                open('ready', 'w')
                while not os.path.exists('go'):
                    for r, w in pipes[100:]:
                        os.write(w, os.read(r, 65536))
                right = sum(os.read(r, 65536) == b'%04x' % i * 16384 for i, (r, w) in enumerate(pipes))
                open('right', 'w').write(str(right))
                """);
        Await.until("all pipes are full", () -> Files.exists(sandbox.path("ready")) || !program.isAlive());
        assertThat(program.isAlive()).isTrue();
        Path image = PipeCycle.dumpAndKill(stasis, sandbox, program, Map.of());
        try (Fd data = FileCalls.open(UnixPath.of(image.resolve("pipes-data.img").toString()), OpenFlags.RDONLY, 0)) {
            FileStatus status = FileCalls.status(data);
            assertThat(status.size()).isBetween(299L << 16, (300L << 16) + (1 << 16));
            assertThat(status.blocks() * 512).isBetween(status.size() - (1 << 16), status.size() + (1 << 16));
        }
        Program back = PipeCycle.restore(stasis, sandbox, image, Map.of());
        Files.createFile(sandbox.path("go"));
        back.awaitEnd();
        assertThat(sandbox.path("right")).hasContent("300");
    }
}
