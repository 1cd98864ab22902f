package dev.stasis.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.host.phase.Dump;
import dev.stasis.host.phase.DumpRequest;
import dev.stasis.host.phase.DumpRequest.Afterwards;
import dev.stasis.host.phase.Progress;
import dev.stasis.host.phase.Restore;
import dev.stasis.host.phase.RestoreRequest;
import dev.stasis.host.plugin.LoadedPlugin;
import dev.stasis.host.plugin.PluginOrigin;
import dev.stasis.host.plugin.PluginRegistry;
import dev.stasis.linux.Fd;
import dev.stasis.linux.Pid;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.plugins.detachedmounts.DetachedMountsPlugin;
import dev.stasis.plugins.epoll.EpollPlugin;
import dev.stasis.plugins.filelocks.FileLocksPlugin;
import dev.stasis.plugins.ghostfiles.GhostFilesPlugin;
import dev.stasis.plugins.inheritfd.InheritFdPlugin;
import dev.stasis.plugins.inotify.InotifyPlugin;
import dev.stasis.plugins.memfds.MemfdsPlugin;
import dev.stasis.plugins.pipes.PipesPlugin;
import dev.stasis.plugins.regularfiles.RegularFilesPlugin;
import dev.stasis.spi.Claim;
import dev.stasis.spi.FdKind;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.StasisPlugin;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.RecordingLog;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.contract.AssertingPlugin;
import dev.stasis.testkit.contract.LocalFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The host calls our own plugins, and they use what they get, as the SPI says: in whole dumps and restores. */
@ExtendWith(SandboxExtension.class)
class AssertingPluginSpec {
    private static final String PROGRAM = """
            import os, fcntl, time, ctypes, select
            read, write = os.pipe(); os.write(write, b'in flight')
            os.mkfifo('fifo'); os.open('fifo', os.O_RDWR)
            ghost = os.open('ghost', os.O_RDWR | os.O_CREAT); os.write(ghost, b'gone'); os.unlink('ghost')
            file = os.open('file', os.O_RDWR | os.O_CREAT); fcntl.lockf(file, fcntl.LOCK_EX); os.dup(file)
            memory = os.memfd_create('memory'); os.write(memory, b'kept')
            watch = ctypes.CDLL(None).inotify_init1(0); ctypes.CDLL(None).inotify_add_watch(watch, b'.', 0xfff)
            sleeper = select.epoll(); sleeper.register(watch, select.EPOLLIN | select.EPOLLET); sleeper.register(read)
            os.mkdir('made')
            os.rename('.ready', 'ready')
            while not os.path.exists('go'): time.sleep(0.01)
            assert sorted(sleeper.poll(0)) == [(read, 1), (watch, 1)]
            assert os.read(read, 9) == b'in flight' and os.pread(ghost, 4, 0) == b'gone' and os.pread(memory, 4, 0) == b'kept'
            assert os.read(watch, 4096)[16:20] == b'made'
            os.rename('go', 'done')
            """;

    private static PluginRegistry asserting() {
        List<LoadedPlugin> loaded = new ArrayList<>();
        for (StasisPlugin plugin : List.of(new RegularFilesPlugin(), new MemfdsPlugin(), new PipesPlugin(), new GhostFilesPlugin(),
                new DetachedMountsPlugin(), new InotifyPlugin(), new EpollPlugin(), new FileLocksPlugin(), new InheritFdPlugin())) {
            loaded.add(new LoadedPlugin(AssertingPlugin.of(plugin), new PluginOrigin("test", plugin.id())));
        }
        return PluginRegistry.of(loaded);
    }

    @Test
    void inDumpsThatLeaveTheTreeRunningAndThatEndItAndInRestores(Sandbox sandbox) throws Exception {
        Files.createFile(sandbox.path(".ready"));
        Program program = sandbox.start("/usr/bin/python3", "-c", PROGRAM);
        Await.until("it is ready", () -> Files.exists(sandbox.path("ready")) || !program.isAlive());
        PluginRegistry plugins = asserting();
        RecordingLog log = new RecordingLog();
        Path first = sandbox.path("first");
        Path second = sandbox.path("second");
        new Dump(plugins, DumpRequest.of(program.pid(), first).then(Afterwards.LEAVE_RUNNING), Progress.NONE, log).run();
        new Dump(plugins, DumpRequest.of(program.pid(), second), Progress.NONE, log).run();
        program.awaitEnd();
        for (Path image : List.of(first, second)) {
            Pid root = new Restore(plugins, RestoreRequest.of(image), Progress.NONE, log).run().root();
            Program back = sandbox.own(Program.attach(root));
            if (image == second) {
                Files.createFile(sandbox.path("go"));
                Await.until("it is done", () -> Files.exists(sandbox.path("done")) || !back.isAlive());
                assertThat(sandbox.path("done")).as(Files.readString(sandbox.path("output"))).exists();
            }
            back.signal(9);
            back.awaitEnd();
        }
    }

    @Test
    void aCallFromAnotherThreadOrOutOfOrderIsTold(Sandbox sandbox) throws Exception {
        FdKind kind = AssertingPlugin.of(new RegularFilesPlugin()).fdKinds().iterator().next();
        try (Fd file = FileCalls.open(UnixPath.of("/etc/passwd"), OpenFlags.RDONLY, 0)) {
            LocalFiles files = new LocalFiles();
            OpenFile one = files.add(file);
            assertThatThrownBy(() -> kind.dump(one, null)).isInstanceOf(AssertionError.class)
                    .hasMessageContaining("is asked to dump").hasMessageContaining("which it did not take");
            assertThat(kind.claim(one, null)).isInstanceOf(Claim.Taken.class);
            AssertionError[] thrown = new AssertionError[1];
            Thread other = new Thread(() -> {
                try {
                    kind.claim(one, null);
                } catch (AssertionError e) {
                    thrown[0] = e;
                }
            });
            other.start();
            other.join();
            assertThat(thrown[0]).hasMessageContaining("comes from thread").hasMessageContaining("not from that of the run");
        }
    }
}
