package org.example.mqueue;

import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.fs.InodeCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.Problem;
import dev.stasis.spi.RestoreContext;
import dev.stasis.spi.StasisException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes each queue of an image once, or takes the one that is there if it holds the same messages. */
final class RestoredQueues {
    private static final int ACCESS_MODE = 3;

    private final Map<Integer, MadeQueue> made = new HashMap<>();
    private RestoreContext restore;

    /** What stands in the way of restoring the queue of {@code record}, as far as that shows without touching a message. */
    List<Problem> plan(FileRecord record, RestoreContext context) {
        QueueEntry entry = QueueEntry.of(record);
        SavedQueue saved = SavedQueue.read(entry.queue(), context.image());
        try (Fd present = present(entry)) {
            if (present == null) {
                return List.of();
            }
            QueueAttributes attributes = QueueCalls.attributes(present);
            boolean sameRoom = attributes.mostMessages() == saved.attributes().mostMessages()
                    && attributes.mostBytes() == saved.attributes().mostBytes();
            boolean usable = sameRoom && !entry.unlinked()
                    && (isReplaced(context) || attributes.messages() == saved.messages().size());
            return usable ? List.of() : List.of(exists(record, entry, sameRoom));
        }
    }

    private static boolean isReplaced(RestoreContext context) {
        return context.options().isSet(MqueueKind.REPLACE);
    }

    private static Problem exists(FileRecord record, QueueEntry entry, boolean sameRoom) {
        return new Problem(MqueueErrorCode.QUEUE_EXISTS, record.holders().get(0) + " (message queue /" + entry.name() + ")",
                "there is a queue of that name, and it holds other messages than the image",
                sameRoom && !entry.unlinked() ? "unlink it, or restore with --" + MqueueKind.REPLACE : "unlink it");
    }

    private static Fd present(QueueEntry entry) {
        return QueueCalls.tryOpen(entry.name(), OpenFlags.RDWR.with(OpenFlags.NONBLOCK).bits()).orElse(null);
    }

    /** The open file of {@code record}, of its queue, which is there or made now. */
    Fd open(FileRecord record, RestoreContext context) {
        if (restore != context) {
            made.clear();
            restore = context;
        }
        QueueEntry entry = QueueEntry.of(record);
        if (!made.containsKey(entry.queue())) {
            made.put(entry.queue(), context.own(make(record, entry, context)));
        }
        int flags = record.flags().bits() & ACCESS_MODE | (record.flags().has(OpenFlags.NONBLOCK) ? OpenFlags.NONBLOCK.bits() : 0);
        Optional<Fd> file = QueueCalls.tryOpen(entry.name(), flags);
        if (file.isEmpty()) {
            throw new IllegalStateException("queue /" + entry.name() + " was unlinked by somebody while it was restored");
        }
        return file.get();
    }

    private static MadeQueue make(FileRecord record, QueueEntry entry, RestoreContext context) {
        SavedQueue saved = SavedQueue.read(entry.queue(), context.image());
        Fd present = present(entry);
        if (present != null) {
            try (present) {
                take(present, record, entry, saved, context);
            }
            return new MadeQueue(entry.name(), false);
        }
        MadeQueue queue = new MadeQueue(entry.name(), true);
        try (Fd fresh = QueueCalls.create(entry.name(), saved.attributes())) {
            InodeCalls.owner(fresh, saved.uid(), saved.gid());
            InodeCalls.permissions(fresh, saved.mode());
            fill(fresh, saved);
            return queue;
        } catch (RuntimeException failure) {
            queue.close();
            throw failure;
        }
    }

    /** Uses the queue that is there, which is open as {@code present}. */
    private static void take(Fd present, FileRecord record, QueueEntry entry, SavedQueue saved, RestoreContext context) {
        List<Message> there;
        try (Fd waiting = QueueCalls.tryOpen(entry.name(), OpenFlags.RDWR.bits()).orElseThrow()) {
            there = QueueContents.read(present, waiting, "queue /" + entry.name());
        }
        if (!QueueContents.areSame(there, saved.messages())) {
            if (!isReplaced(context)) {
                throw new StasisException(exists(record, entry, true));
            }
            empty(present);
            fill(present, saved);
        }
    }

    private static void empty(Fd queue) {
        NativeMemory memory = NativeMemory.allocate((int) QueueCalls.attributes(queue).mostBytes());
        while (QueueCalls.receive(queue, memory).isPresent()) {
            // they are not wanted
        }
    }

    private static void fill(Fd queue, SavedQueue saved) {
        for (Message message : saved.messages()) {
            QueueCalls.send(queue, message);
        }
    }

    /** Takes the name from the queue of {@code record} if it had none; all its open files are made. */
    void finish(FileRecord record) {
        QueueEntry entry = QueueEntry.of(record);
        if (entry.unlinked()) {
            made.get(entry.queue()).close();
        }
    }

    /** From now on the queues stay, whatever happens. */
    void keep() {
        for (MadeQueue queue : made.values()) {
            queue.keep();
        }
        made.clear();
    }
}
