package org.example.mqueue;

import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.spi.StasisPlugin;
import dev.stasis.testkit.contract.FdKindContract;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

class MqueueContractTest extends FdKindContract {
    private static final UnixPath NAME = UnixPath.of("stasis-contract");
    private static final UnixPath GONE = UnixPath.of("stasis-contract-gone");

    @Override
    protected StasisPlugin plugin() {
        return new MqueuePlugin();
    }

    @Override
    protected String kind() {
        return "mqueue";
    }

    @Override
    protected List<Fd> open() {
        treeEnds();
        Fd both = QueueCalls.create(NAME, new QueueAttributes(10, 64, 0));
        QueueCalls.send(both, message(3, "first of three"));
        QueueCalls.send(both, message(9, "urgent"));
        QueueCalls.send(both, message(3, "second of three"));
        QueueCalls.send(both, message(0, ""));
        Fd gone = QueueCalls.create(GONE, new QueueAttributes(2, 16, 0));
        QueueCalls.send(gone, message(1, "in the dark"));
        QueueCalls.unlink(GONE);
        return List.of(both, QueueCalls.tryOpen(NAME, OpenFlags.WRONLY.with(OpenFlags.NONBLOCK).bits()).orElseThrow(),
                QueueCalls.tryOpen(NAME, 0).orElseThrow(), gone);
    }

    private static Message message(int priority, String text) {
        return new Message(priority, text.getBytes(StandardCharsets.UTF_8));
    }

    /** The queue outlives the tree; here it does not, as after the machine was started anew. */
    @Override
    protected void treeEnds() {
        QueueCalls.unlink(NAME);
        QueueCalls.unlink(GONE);
    }

    @Override
    protected String state(Fd file) {
        UnixPath link = UnixPath.of("/proc/self/fd/" + file.number());
        StringBuilder text = new StringBuilder(FileCalls.readLink(link).toString()).append(' ');
        try (Fd queue = FileCalls.open(link, OpenFlags.RDWR.with(OpenFlags.NONBLOCK), 0)) {
            text.append(QueueCalls.attributes(queue)).append(' ').append(FileCalls.status(queue).permissions());
            List<Message> taken = new ArrayList<>();
            NativeMemory memory = NativeMemory.allocate((int) QueueCalls.attributes(queue).mostBytes());
            for (Optional<Message> next = QueueCalls.receive(queue, memory); next.isPresent(); next = QueueCalls.receive(queue, memory)) {
                taken.add(next.get());
                text.append('\n').append(next.get().priority()).append(' ')
                        .append(new String(next.get().bytes(), StandardCharsets.UTF_8));
            }
            taken.forEach(message -> QueueCalls.send(queue, message));
        }
        return text.toString();
    }

    /** What a later version adds comes behind what there is. */
    @Override
    protected byte[] withUnknownField(byte[] payload) {
        return Arrays.copyOf(payload, payload.length + 4);
    }
}
