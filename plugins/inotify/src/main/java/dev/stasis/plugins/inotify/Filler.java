package dev.stasis.plugins.inotify;

import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.DirectoryCalls;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.notify.EventMask;
import dev.stasis.linux.notify.InotifyCalls;
import dev.stasis.linux.notify.WatchDescriptor;

/**
 * Makes events that only take room in a queue: one file is written and read in turn, so no two events in a row are equal and
 * merge. Its watch stays until it is removed.
 */
final class Filler implements AutoCloseable {
    /** What each takes in a read. */
    static final int EVENT_SIZE = 16;

    private final Fd instance;
    private final WatchDescriptor watch;
    private final Fd file;
    private final NativeMemory one = NativeMemory.allocate(1);
    private boolean readNext;

    private Filler(Fd instance, WatchDescriptor watch, Fd file) {
        this.instance = instance;
        this.watch = watch;
        this.file = file;
    }

    /** Watches a new file of {@code space} as {@code watch}, a number that must be free. */
    static Filler create(Fd instance, WatchDescriptor watch, ScratchSpace space) {
        UnixPath name = space.newName();
        DirectoryCalls.makeFile(space.root(), name, 0600);
        Fd file = FileCalls.openAt(space.root(), name, OpenFlags.RDWR, 0);
        Filler filler = new Filler(instance, watch, file);
        InotifyCalls.next(instance, watch);
        InotifyCalls.watch(instance, file, EventMask.ACCESS.with(EventMask.MODIFY));
        return filler;
    }

    /** Makes {@code count} events. */
    void fill(int count) {
        for (int i = 0; i < count; i++) {
            if (readNext) {
                FileCalls.readAt(file, one, 1, 0);
            } else {
                FileCalls.writeAt(file, one, 1, 0);
            }
            readNext = !readNext;
        }
    }

    /** Takes {@code count} events out of the queue of {@code instance}, which must begin with as many of this size, into {@code memory}. */
    static void take(Fd instance, int count, NativeMemory memory) {
        int left = count * EVENT_SIZE;
        while (left > 0 && InotifyCalls.pending(instance) > 0) {
            left -= InotifyCalls.read(instance, memory, left);
        }
    }

    /** Stops watching. */
    void remove() {
        InotifyCalls.tryRemove(instance, watch);
    }

    @Override
    public void close() {
        file.close();
    }
}
