package org.example.mqueue;

import dev.stasis.linux.Fd;
import dev.stasis.linux.InodeId;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.spi.DumpContext;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Writes each queue of a dump once, however often it is open. */
final class DumpedQueues {
    private static final String UNLINKED = " (deleted)";
    private static final int STATUS_SIZE = 80;

    private final Map<InodeId, QueueEntry> entries = new HashMap<>();
    private DumpContext dump;

    /** What the image says of {@code file}; its queue is written now if it was not. */
    QueueEntry entry(OpenFile file, DumpContext context) {
        if (dump != context) {
            entries.clear();
            dump = context;
        }
        QueueEntry known = entries.get(file.status().inode());
        if (known == null) {
            known = write(file, context, entries.size() + 1);
            entries.put(file.status().inode(), known);
        }
        return known;
    }

    private static QueueEntry write(OpenFile file, DumpContext context, int number) {
        // Opened once more: the descriptor at hand may not allow both, and may wait.
        UnixPath link = UnixPath.of("/proc/self/fd/" + context.descriptor(file).number());
        try (Fd queue = FileCalls.open(link, OpenFlags.RDWR.with(OpenFlags.NONBLOCK), 0);
                Fd waiting = FileCalls.open(link, OpenFlags.RDWR, 0)) {
            refuseNotification(file, queue);
            FileStatus status = FileCalls.status(queue);
            QueueAttributes attributes = QueueCalls.attributes(queue);
            List<Message> messages = QueueContents.read(queue, waiting, file.toString());
            new SavedQueue(attributes, status.permissions(), status.uid(), status.gid(), messages).write(number, context.image());
            boolean unlinked = file.link().endsWith(UNLINKED);
            UnixPath name = (unlinked ? file.link().dropLast(UNLINKED.length()) : file.link()).fileName();
            return new QueueEntry(number, name, unlinked);
        }
    }

    private static void refuseNotification(OpenFile file, Fd queue) {
        NativeMemory memory = NativeMemory.allocate(STATUS_SIZE);
        int length = FileCalls.readAt(queue, memory, STATUS_SIZE, 0);
        String status = new String(memory.get(0, length), StandardCharsets.US_ASCII);
        int at = status.indexOf("NOTIFY_PID:");
        String pid = at < 0 ? "0" : status.substring(at + "NOTIFY_PID:".length()).strip();
        if (!pid.equals("0")) {
            throw new StasisException(new Problem(MqueueErrorCode.NOTIFICATION, file.toString(),
                    "process " + pid + " has asked to be notified of the next message (mq_notify), and nobody can tell how",
                    "have it take that back: mq_notify(queue, NULL)"));
        }
    }
}
