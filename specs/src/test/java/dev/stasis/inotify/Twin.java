package dev.stasis.inotify;

import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.notify.EventMask;
import dev.stasis.linux.notify.InotifyCalls;
import dev.stasis.linux.notify.InotifyEvent;
import dev.stasis.linux.notify.WatchDescriptor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** An inotify instance in this process, which is never dumped. */
final class Twin implements AutoCloseable {
    private final Fd instance = InotifyCalls.create(OpenFlags.NONBLOCK);
    private boolean keepsAll;

    /** From now on {@link #forget} forgets nothing. */
    void keepAll() {
        keepsAll = true;
    }

    /** The number of the watch. */
    int watch(Path path, EventMask mask) {
        return InotifyCalls.watch(instance, UnixPath.of(path.toString()), mask).number();
    }

    void unwatch(int watch) {
        InotifyCalls.tryRemove(instance, new WatchDescriptor(watch));
    }

    /** All that waits. */
    List<InotifyEvent> read() {
        List<InotifyEvent> events = new ArrayList<>();
        for (int pending = InotifyCalls.pending(instance); pending > 0; pending = InotifyCalls.pending(instance)) {
            NativeMemory memory = NativeMemory.allocate(pending + 4096);
            events.addAll(InotifyEvent.parse(memory.get(0, InotifyCalls.read(instance, memory, memory.size()))));
        }
        return events;
    }

    /** Reads and returns all that waits, unless all is to be kept. */
    List<InotifyEvent> forget() {
        return keepsAll ? List.of() : read();
    }

    @Override
    public void close() {
        instance.close();
    }
}
