package org.example.mqueue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Whoever looks at a queue may be killed at any moment (SIGKILL): all messages are there, in their order. */
@ExtendWith(SandboxExtension.class)
class SuddenDeathSpec {
    private static final UnixPath NAME = UnixPath.of("stasis-sudden-death");
    private static final int ROUNDS = Integer.getInteger("stasis.rounds", 5);
    private static final int SIGKILL = 9;

    @AfterEach
    void noQueueStays() {
        QueueCalls.unlink(NAME);
    }

    @Test
    void noMessageIsLost(Sandbox sandbox) throws Exception {
        try (Fd queue = QueueCalls.create(NAME, new QueueAttributes(10, 64, 0));
                Fd look = QueueCalls.tryOpen(NAME, OpenFlags.RDWR.with(OpenFlags.NONBLOCK).bits()).orElseThrow()) {
            for (int i = 0; i < 10; i++) {
                QueueCalls.send(queue, new Message(i % 3, ("message " + i).getBytes(StandardCharsets.UTF_8)));
            }
            List<Message> before = QueueContents.read(look, queue, "the queue");
            assertThat(before).hasSize(10);
            for (int round = 0; round < ROUNDS; round++) {
                kill(sandbox, round);
                Await.until("all messages are there after round " + round, () -> QueueCalls.attributes(look).messages() == 10);
                assertThat(QueueContents.areSame(QueueContents.read(look, queue, "the queue"), before)).isTrue();
            }
        }
    }

    /** Kills a reader; what it had begun is done to its end by a child of its, which is gone then. */
    private static void kill(Sandbox sandbox, int round) throws IOException, InterruptedException {
        String classes = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        try (Program reader = sandbox.start(Path.of(System.getProperty("java.home"), "bin/java").toString(), "-XX:-UsePerfData", "-cp",
                classes, "org.example.mqueue.Reader", NAME.toString())) {
            Await.until("it reads", () -> printed(sandbox).contains("reads") || !reader.isAlive());
            Thread.sleep(0, new Random(round).nextInt(900_000)); // any moment will do
            assertThat(reader.signal(SIGKILL)).as("it ran until then; it printed: " + printed(sandbox)).isTrue();
            reader.awaitEnd();
        }
        sandbox.awaitOrphans(left -> {
            throw new AssertionError("process " + left.pid() + " does not end");
        });
        Files.delete(sandbox.path("output"));
    }

    private static String printed(Sandbox sandbox) {
        try {
            return Files.exists(sandbox.path("output")) ? Files.readString(sandbox.path("output")) : "";
        } catch (IOException e) {
            return "";
        }
    }
}
