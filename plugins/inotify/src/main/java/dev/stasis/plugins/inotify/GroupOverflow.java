package dev.stasis.plugins.inotify;

import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.DirectoryCalls;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.notify.FanotifyCalls;

/**
 * Puts the mark of an overflow, FAN_Q_OVERFLOW, into the queue of a fanotify group that has no marks yet: it is filled up with
 * events of files that nobody else sees, no two of which merge, and one more; then all but the last are read.
 */
final class GroupOverflow {
    private static final int ADD = 1;
    private static final int FLUSH = 0x80;
    private static final long OPENED_IN_IT = 0x20 | 0x08000000;
    private static final UnixPath LIMIT = UnixPath.of("/proc/sys/fs/fanotify/max_queued_events");
    private static final int AT_ONCE = 1 << 13;

    private GroupOverflow() {}

    /** Does it. */
    static void put(Fd group) {
        int limit = LiveQueue.number(LIMIT);
        try (ScratchSpace space = ScratchSpace.create()) {
            FanotifyCalls.mark(group, ADD, OPENED_IN_IT, space.root());
            for (int i = 0; i <= limit; i++) {
                UnixPath name = space.newName();
                DirectoryCalls.makeFile(space.root(), name, 0600);
                FileCalls.openAt(space.root(), name, OpenFlags.RDWR, 0).close();
            }
            FanotifyCalls.mark(group, FLUSH, 0, space.root());
            discard(group, limit);
        }
    }

    /** Each takes at least the size of its head, so with room for as many heads no more are read; the last ones one by one. */
    private static void discard(Fd group, int count) {
        NativeMemory memory = NativeMemory.allocate(AT_ONCE);
        int size = FanotifyCalls.EVENT_SIZE;
        for (int left = count; left > 0;) {
            int room = Math.min(AT_ONCE, Math.max(size, left * FanotifyCalls.EVENT_SIZE));
            int taken = FanotifyCalls.discard(group, memory, room);
            size += taken == 0 ? Integer.BYTES : 0;
            left -= taken;
        }
    }
}
