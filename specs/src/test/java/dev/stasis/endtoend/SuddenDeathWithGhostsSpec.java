package dev.stasis.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpRequest;
import dev.stasis.host.phase.Progress;
import dev.stasis.host.phase.RestoreRequest;
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
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The tool is killed at random moments while it dumps or restores a program that holds many files without names, some of whose
 * names are other files' now. No name is left that was not there before, and the others are where they were.
 */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class SuddenDeathWithGhostsSpec {
    private static final int DEATHS = Integer.getInteger("stasis.rounds", 4);
    private static final int ROUND_MICROS = 60_000;
    private static final String HOLDS_GHOSTS = """
            import os, signal
            for i in range(40):
                fd = os.open('gone%d' % i, os.O_RDWR | os.O_CREAT); os.write(fd, b'old'); os.unlink('gone%d' % i)
                fd = os.open('over%d' % i, os.O_RDWR | os.O_CREAT); os.unlink('over%d' % i); open('over%d' % i, 'w').write('new')
            for i in range(10):
                os.makedirs('above%d/it' % i); os.open('above%d/it/file' % i, os.O_RDWR | os.O_CREAT)
                os.unlink('above%d/it/file' % i); os.removedirs('above%d/it' % i)
                os.mkdir('dir%d' % i); os.open('dir%d' % i, os.O_RDONLY); os.rmdir('dir%d' % i)
                os.mkdir('dir%d' % i); open('dir%d/inside' % i, 'w').write('new')
                fd = os.open('file%d' % i, os.O_RDWR | os.O_CREAT); os.unlink('file%d' % i); os.mkdir('file%d' % i)
            fd = os.open('large', os.O_RDWR | os.O_CREAT); os.write(fd, b'x' * (2 << 20)); os.unlink('large') # is copied ahead
            open('../ready', 'w').close()
            while True: signal.pause()
            """;

    private final Random random = new Random();

    private static Program holder(Sandbox sandbox) throws IOException {
        Path folder = Files.createDirectory(sandbox.path("folder"));
        Path script = Files.writeString(sandbox.path("program.py"), "import os\nos.chdir('" + folder + "')\n" + HOLDS_GHOSTS);
        Program program = sandbox.start("/usr/bin/python3", "-S", "-E", script.toString());
        Await.until("it holds them", () -> Files.exists(sandbox.path("ready")));
        return program;
    }

    @Test
    void noNameStaysWhenTheToolDiesInARestore(Stasis stasis, Sandbox sandbox) throws Exception {
        Program program = holder(sandbox);
        Map<String, String> before = everythingIn(sandbox.path("folder"));
        Path image = sandbox.path("image");
        stasis.dump(DumpRequest.of(program.pid(), image), Progress.NONE);
        program.awaitEnd();
        String plugins = PluginJars.collect(sandbox.path("plugins"), name -> true).toString();
        for (int i = 0; i < DEATHS; i++) {
            ToolProcess tool = ToolProcess.start(sandbox, "tool-" + i, "restore", plugins, image.toString());
            tool.awaitRounds(1);
            die(tool);
            sandbox.awaitOrphans(orphan -> assertThat(orphan.pid()).isEqualTo(program.pid()));
            assertThat(everythingIn(sandbox.path("folder"))).as("after death " + i).isEqualTo(before);
        }
        sandbox.own(Program.attach(stasis.restore(RestoreRequest.of(image), Progress.NONE).root()));
        assertThat(everythingIn(sandbox.path("folder"))).isEqualTo(before);
    }

    @Test
    void noNameAppearsWhenTheToolDiesInADump(Sandbox sandbox) throws Exception {
        Program program = holder(sandbox);
        Map<String, String> before = everythingIn(sandbox.path("folder"));
        String plugins = PluginJars.collect(sandbox.path("plugins"), name -> true).toString();
        for (int i = 0; i < DEATHS; i++) {
            ToolProcess tool = ToolProcess.start(sandbox, "tool-" + i, "dump", plugins, program.pid().toString(),
                    sandbox.path("image-" + i).toString());
            tool.awaitRounds(1);
            die(tool);
            sandbox.awaitOrphans(orphan -> assertThat(orphan).isNull());
            assertThat(everythingIn(sandbox.path("folder"))).as("after death " + i).isEqualTo(before);
        }
        assertThat(program.isAlive()).isTrue();
    }

    private void die(ToolProcess tool) {
        LockSupport.parkNanos(random.nextInt(ROUND_MICROS) * 1000L);
        tool.kill();
    }

    /** All names and what is in the files. */
    private static Map<String, String> everythingIn(Path directory) {
        Map<String, String> found = new TreeMap<>();
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : (Iterable<Path>) all::iterator) {
                found.put(path.toString(), Files.isDirectory(path) ? "directory" : Files.readString(path));
            }
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
