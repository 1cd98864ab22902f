package org.example.mqueue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpRequest;
import dev.stasis.host.phase.Progress;
import dev.stasis.host.phase.RestoreRequest;
import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.Pid;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.spi.StasisException;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A python program that works on a message queue is dumped, killed, and comes back with all its messages. Needs root. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class MqueueSpec {
    private static final UnixPath NAME = UnixPath.of("stasis-example");
    private static final String IN_ORDER = "31 message 3\n5 message 1\n1 message 0\n1 message 2\n0 message 4\n";

    @AfterEach
    void noQueueStays() {
        QueueCalls.unlink(NAME);
    }

    private static Program worker(Sandbox sandbox, String... more) throws IOException {
        Path script = Files.copy(Path.of("src/test/resources/queue.py").toAbsolutePath(), sandbox.path("queue.py"));
        String[] command = new String[4 + more.length];
        System.arraycopy(new String[] {"/usr/bin/python3", script.toString(), "/" + NAME, sandbox.path("result").toString()}, 0,
                command, 0, 4);
        System.arraycopy(more, 0, command, 4, more.length);
        Program program = sandbox.start(command);
        Await.until("it is ready", () -> Files.exists(sandbox.path("result.ready")) || !program.isAlive());
        assertThat(program.isAlive()).as("the program runs; it printed: " + Files.readString(sandbox.path("output"))).isTrue();
        return program;
    }

    private static Path dump(Stasis stasis, Sandbox sandbox, Program program) {
        Path image = sandbox.path("image");
        stasis.dump(DumpRequest.of(program.pid(), image), Progress.NONE);
        program.awaitEnd();
        return image;
    }

    private static void finish(Stasis stasis, Sandbox sandbox, RestoreRequest request) throws IOException {
        Pid pid = stasis.restore(request, Progress.NONE).root();
        Program back = sandbox.own(Program.attach(pid));
        Files.createFile(sandbox.path("result.go"));
        Await.until("it is done", () -> Files.exists(sandbox.path("result")) || !back.isAlive());
        assertThat(sandbox.path("result")).hasContent(IN_ORDER);
        back.awaitEnd();
    }

    @Test
    void aQueueThatOutlivedItsProgramIsTakenAsItIs(Stasis stasis, Sandbox sandbox) throws IOException {
        Path image = dump(stasis, sandbox, worker(sandbox));
        finish(stasis, sandbox, RestoreRequest.of(image));
    }

    @Test
    void aQueueThatIsGoneIsMadeAgainWithItsMessages(Stasis stasis, Sandbox sandbox) throws IOException {
        Path image = dump(stasis, sandbox, worker(sandbox));
        QueueCalls.unlink(NAME);
        finish(stasis, sandbox, RestoreRequest.of(image));
    }

    @Test
    void aQueueWithoutANameComesBackWithoutOne(Stasis stasis, Sandbox sandbox) throws IOException {
        Path image = dump(stasis, sandbox, worker(sandbox, "unlink"));
        finish(stasis, sandbox, RestoreRequest.of(image));
        assertThat(QueueCalls.tryOpen(NAME, 0)).isEmpty();
    }

    @Test
    void aQueueThatWasUsedSinceIsRefusedAndReplacedWhenThatIsWanted(Stasis stasis, Sandbox sandbox) throws IOException {
        Program program = worker(sandbox);
        Path image = dump(stasis, sandbox, program);
        try (Fd queue = QueueCalls.tryOpen(NAME, OpenFlags.RDWR.bits()).orElseThrow()) {
            QueueCalls.receive(queue, NativeMemory.allocate(128));
        }
        assertThatThrownBy(() -> stasis.restore(RestoreRequest.of(image), Progress.NONE)).isInstanceOf(StasisException.class)
                .hasMessage("fd 3 of task " + program.pid() + " (message queue /stasis-example): there is a queue of that name, and"
                        + " it holds other messages than the image (unlink it, or restore with --mqueue-replace)");
        try (Fd queue = QueueCalls.tryOpen(NAME, OpenFlags.RDWR.bits()).orElseThrow()) {
            QueueCalls.send(queue, new Message(31, new byte[] {1}));
        }
        assertThatThrownBy(() -> stasis.restore(RestoreRequest.of(image), Progress.NONE)).isInstanceOf(StasisException.class)
                .hasMessageContaining("and it holds other messages than the image");
        finish(stasis, sandbox, RestoreRequest.of(image).withPluginOptions(Map.of("mqueue-replace", "")));
    }

    @Test
    void aQueueThatSomebodyElseHasOpenIsRefused(Stasis stasis, Sandbox sandbox) throws IOException {
        Program program = worker(sandbox);
        try (Program other = sandbox.start("/usr/bin/python3", "-c", "import ctypes, time, os\n"
                + "assert ctypes.CDLL(None).mq_open(b'/" + NAME + "', os.O_RDWR) >= 0\nopen('other', 'w').close()\ntime.sleep(600)")) {
            Await.until("the other one has it open", () -> Files.exists(sandbox.path("other")));
            assertThatThrownBy(() -> dump(stasis, sandbox, program)).isInstanceOf(StasisException.class)
                    .hasMessageContaining("process " + other.pid() + " has the message queue open too, and could take or lose messages"
                            + " while they are read [plugin mqueue]");
        }
        assertThat(program.isAlive()).isTrue();
    }

    @Test
    void aQueueWithANotificationIsRefused(Stasis stasis, Sandbox sandbox) throws IOException {
        Program program = worker(sandbox, "notify");
        assertThatThrownBy(() -> dump(stasis, sandbox, program)).isInstanceOf(StasisException.class)
                .hasMessageContaining("process " + program.pid() + " has asked to be notified of the next message (mq_notify), and"
                        + " nobody can tell how (have it take that back: mq_notify(queue, NULL))");
        assertThat(program.isAlive()).isTrue();
    }
}
