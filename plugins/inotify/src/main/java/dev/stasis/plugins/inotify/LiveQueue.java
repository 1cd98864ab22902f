package dev.stasis.plugins.inotify;

import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.notify.InotifyCalls;
import dev.stasis.linux.notify.InotifyEvent;
import java.util.ArrayList;
import java.util.List;

/** Reads queues that nobody else reads meanwhile. */
final class LiveQueue {
    private static final UnixPath LIMIT = UnixPath.of("/proc/sys/fs/inotify/max_queued_events");
    private static final int ROOM = 1 << 12;

    private LiveQueue() {}

    /** All that is in the queue of {@code instance}, which is empty afterwards. */
    static List<InotifyEvent> drain(Fd instance) {
        List<InotifyEvent> events = new ArrayList<>();
        for (int pending = InotifyCalls.pending(instance); pending > 0; pending = InotifyCalls.pending(instance)) {
            NativeMemory memory = NativeMemory.allocate(pending + ROOM);
            int length = InotifyCalls.read(instance, memory, memory.size());
            events.addAll(InotifyEvent.parse(memory.get(0, length)));
        }
        return events;
    }

    /** How many events an instance takes that is made now. */
    static int limit() {
        return number(LIMIT);
    }

    /** The number in the /proc file {@code path}. */
    static int number(UnixPath path) {
        try (Fd file = FileCalls.open(path, OpenFlags.RDONLY, 0)) {
            int number = 0;
            for (byte digit : FileCalls.read(file, 16)) {
                number = digit >= '0' && digit <= '9' ? 10 * number + digit - '0' : number;
            }
            return number;
        }
    }
}
