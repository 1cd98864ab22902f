package dev.stasis.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.notify.EventMask;
import dev.stasis.linux.notify.InotifyCalls;
import dev.stasis.linux.notify.InotifyEvent;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.PluginJars;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The tool is killed at random moments while it dumps a program that watches a directory in which others are busy, and that
 * runs on and has a file of that directory open which has no name any more, so that the tool reads it. What the program reads
 * is what a twin reads that was never dumped: each event once, in order, and none of the tool's making. For kernels that let
 * queues be looked into; the property {@code stasis.rounds} says how often.
 */
@ExtendWith(SandboxExtension.class)
class SuddenDeathWithQueuesSpec {
    private static final int DEATHS = Integer.getInteger("stasis.rounds", 4);
    private static final int ROUND_MICROS = 60_000;
    private static final int SIGUSR1 = 10;
    private static final String WATCHES = """
            import ctypes, os, signal, sys
            libc = ctypes.CDLL(None)
            fd = libc.inotify_init1(os.O_NONBLOCK)
            log = open('busy/log', 'w+')
            log.write('x' * 100000)
            log.flush()
            os.unlink('busy/log')
            assert libc.inotify_add_watch(fd, b'busy', 0xfff) == 1
            def read(*_):
                with open('read.new', 'wb') as file:
                    while True:
                        try: file.write(os.read(fd, 1 << 16))
                        except BlockingIOError: break
                os.rename('read.new', 'read')
            signal.signal(signal.SIGUSR1, read)
            os.mkdir('ready')
            while True: signal.pause()
            """;

    private final Random random = new Random();
    private volatile boolean stopped;

    @Test
    void eachEventIsReadOnceWhenTheToolDiesInADump(Sandbox sandbox) throws Exception {
        Path busy = Files.createDirectory(sandbox.path("busy"));
        Path script = Files.writeString(sandbox.path("program.py"),
                "import os\nos.chdir('" + sandbox.directory() + "')\n" + WATCHES);
        Program program = sandbox.start("/usr/bin/python3", "-S", "-E", script.toString());
        Await.until("it watches", () -> Files.exists(sandbox.path("ready")));
        Fd twin = sandbox.own(InotifyCalls.create(OpenFlags.NONBLOCK));
        InotifyCalls.watch(twin, UnixPath.of(busy.toString()), EventMask.ALL_EVENTS);
        String plugins = PluginJars.collect(sandbox.path("plugins"), name -> true).toString();
        for (int i = 0; i < DEATHS; i++) {
            ToolProcess tool = ToolProcess.start(sandbox, "tool-" + i, "dump", plugins, program.pid().toString(),
                    sandbox.path("image-" + i).toString());
            tool.awaitRounds(1);
            dieAmongChanges(busy, tool);
            Files.deleteIfExists(sandbox.path("read"));
            program.signal(SIGUSR1);
            Await.until("it has read", () -> Files.exists(sandbox.path("read")));
            byte[] expected = readAll(twin);
            assertThat(expected.length).as("bytes of events").isPositive();
            assertThat(withoutCookies(Files.readAllBytes(sandbox.path("read")))).as("after death " + i)
                    .isEqualTo(withoutCookies(expected));
        }
    }

    private void dieAmongChanges(Path directory, ToolProcess tool) throws InterruptedException {
        stopped = false;
        Thread changes = new Thread(() -> change(directory), "changes");
        changes.start();
        LockSupport.parkNanos(random.nextInt(ROUND_MICROS) * 1000L);
        tool.kill();
        stopped = true;
        changes.join();
    }

    private void change(Path directory) {
        try {
            for (int i = 0; !stopped; i++) {
                Path file = Files.createFile(directory.resolve("file" + i));
                Files.delete(Files.move(file, directory.resolve("moved" + i)));
                LockSupport.parkNanos(500_000);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] readAll(Fd instance) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int pending = InotifyCalls.pending(instance); pending > 0; pending = InotifyCalls.pending(instance)) {
            NativeMemory memory = NativeMemory.allocate(pending);
            bytes.writeBytes(memory.get(0, InotifyCalls.read(instance, memory, pending)));
        }
        return bytes.toByteArray();
    }

    private static List<String> withoutCookies(byte[] bytes) {
        return InotifyEvent.parse(bytes).stream()
                .map(event -> event.watch() + " " + event.mask() + " " + event.name()).toList();
    }
}
