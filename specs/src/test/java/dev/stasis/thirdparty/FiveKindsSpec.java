package dev.stasis.thirdparty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.Dump;
import dev.stasis.host.phase.DumpRequest;
import dev.stasis.host.phase.Progress;
import dev.stasis.host.phase.RestoreRequest;
import dev.stasis.host.plugin.PluginRegistry;
import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.spi.StasisException;
import dev.stasis.spi.StasisPlugin;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.Command;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.RecordingLog;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * One tree with all kinds at once: a watch with unread events on a directory with ghosts, a pipe with data in flight, a file and
 * a current directory on a detached mount, a watch below it, and a log that is another one at restore.
 */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class FiveKindsSpec {
    private static final String SCRIPT = """
            exec < /dev/null >> "$1/log" 2>&1
            { printf 'one\\ntwo\\n'; until [ -e "$1/go" ]; do sleep 0.05; done; echo three; } | python3 "$1/worker.py" "$1"
            echo "the worker ended with $?"
            """;
    private static final String WORKER = """
            import ctypes, os, struct, sys, time
            libc, place = ctypes.CDLL(None), sys.argv[1]
            def watch(path):
                queue = libc.inotify_init1(os.O_NONBLOCK)
                assert libc.inotify_add_watch(queue, path.encode(), 0x3ce) > 0
                return queue
            def events(queue):
                text, data = [], os.read(queue, 65536)
                while data:
                    _, mask, _, length = struct.unpack('iIII', data[:16])
                    text.append('%x %s' % (mask, data[16:16 + length].rstrip(b'\\0').decode()))
                    data = data[16 + length:]
                return ', '.join(text)
            os.mkdir(place + '/watched')
            ghosts = [os.open('%s/watched/ghost%d' % (place, n), os.O_RDWR | os.O_CREAT) for n in range(3)]
            for n, ghost in enumerate(ghosts):
                os.write(ghost, b'contents %d' % n)
                os.unlink('%s/watched/ghost%d' % (place, n))
            queue = watch(place + '/watched')
            os.close(os.open(place + '/watched/seen', os.O_CREAT | os.O_WRONLY))
            os.rename(place + '/watched/seen', place + '/watched/renamed')
            held = os.open(place + '/mount/file', os.O_RDWR | os.O_CREAT)
            os.write(held, b'on the detached mount')
            os.chdir(place + '/mount/below')
            inner = watch('.')
            os.mkdir('before')
            assert libc.umount2((place + '/mount').encode(), 2) == 0
            open(place + '/ready', 'w').close()
            while not os.path.exists(place + '/go'): time.sleep(0.01)
            print('lines:', ' '.join(line.strip() for line in sys.stdin))
            print('watched:', events(queue))
            print('ghosts:', [os.pread(ghost, 100, 0).decode() for ghost in ghosts])
            os.mkdir('after')
            print('below:', events(inner), sorted(os.listdir('.')))
            os.write(held, b', still')
            print('held:', os.pread(held, 100, 0).decode())
            """;

    /** Starts it in folder {@code name}, with a mount that it will detach; returns when it is ready. */
    private static Program start(Sandbox sandbox, String name) throws IOException {
        Path place = Files.createDirectory(sandbox.path(name));
        Files.writeString(place.resolve("worker.py"), WORKER);
        Path base = sandbox.mountTmpfs(name + "-base", "size=1m");
        Files.createDirectories(base.resolve("tree/below"));
        Files.createDirectory(place.resolve("mount"));
        Command.run("mount", "--bind", base.resolve("tree").toString(), place.resolve("mount").toString());
        Program program = sandbox.start("bash", "-c", SCRIPT, "bash", place.toString());
        Await.until("it is ready", () -> Files.exists(place.resolve("ready")) || !program.isAlive());
        assertThat(program.isAlive()).as("it runs; its log: " + Files.readString(place.resolve("log"))).isTrue();
        return program;
    }

    private static String finish(Program program, Path place, Path log) throws IOException {
        Files.createFile(place.resolve("go"));
        program.awaitEnd();
        return Files.readString(log);
    }

    @Test
    void comesBackAndFinishesItsWorkAsItsTwinDoes(Stasis stasis, Sandbox sandbox) throws IOException {
        Path twin = sandbox.path("twin");
        String expected = finish(start(sandbox, "twin"), twin, twin.resolve("log"));
        assertThat(expected).contains("lines: one two three").contains("ghosts: ['contents 0', 'contents 1', 'contents 2']")
                .contains("held: on the detached mount, still").endsWith("the worker ended with 0\n");

        Path place = sandbox.path("tree");
        Program program = start(sandbox, "tree");
        stasis.dump(DumpRequest.of(program.pid(), sandbox.path("image")), Progress.NONE);
        program.awaitEnd();
        try (Fd other = FileCalls.open(UnixPath.of(place.resolve("other").toString()),
                OpenFlags.WRONLY.with(OpenFlags.CREAT).with(OpenFlags.APPEND), 0600)) {
            FileCalls.closeOnExec(other, false); // as whoever starts the tool hands it over
            Program back = sandbox.own(Program.attach(stasis.restore(RestoreRequest.of(sandbox.path("image")).withPluginOptions(
                    Map.of("inherit-fd", "fd[" + other.number() + "]:" + place.resolve("log"))), Progress.NONE).root()));
            assertThat(finish(back, place, place.resolve("other"))).isEqualTo(expected);
        }
        assertThat(place.resolve("log")).isEmptyFile();
    }

    @Test
    void isRefusedByNameWithoutOneOfThePlugins(Stasis stasis, Sandbox sandbox) throws IOException {
        Program program = start(sandbox, "tree");
        List<String> all = stasis.registry().plugins().stream().map(StasisPlugin::id).toList();
        for (String left : List.of("pipes", "inotify", "ghost-files", "detached-mounts", "regular-files")) {
            PluginRegistry chosen = stasis.registry().only(all.stream().filter(id -> !id.equals(left)).toList());
            StasisException refusal = catchThrowableOfType(StasisException.class, () -> new Dump(chosen,
                    DumpRequest.of(program.pid(), sandbox.path("image")), Progress.NONE, new RecordingLog()).run());
            assertThat(refusal).as("the refusal without " + left).isNotNull().hasMessageContaining("load plugin " + left);
            assertThat(sandbox.path("image")).doesNotExist();
        }
        assertThat(finish(program, sandbox.path("tree"), sandbox.path("tree/log"))).endsWith("the worker ended with 0\n");
    }
}
