package dev.stasis.plugins.inotify;

import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.HandleMount;
import dev.stasis.linux.fs.OpenFlags;

/**
 * The shortest way for the kernel from a path, which a watch takes, to an open file: the current directory of this thread is
 * the one of its descriptors, and what is to be watched has the same name there each time. While this is open no other path
 * may be relative.
 */
final class WatchDoor implements AutoCloseable {
    private static final UnixPath DESCRIPTORS = UnixPath.of("/proc/self/fd");

    private final Fd slot;
    private final UnixPath name;
    private final HandleMount place;

    private WatchDoor(Fd slot, HandleMount place) {
        this.slot = slot;
        this.name = UnixPath.of(Integer.toString(slot.number()));
        this.place = place;
    }

    static WatchDoor open() {
        Fd slot = FileCalls.open(DESCRIPTORS, OpenFlags.PATH, 0);
        boolean done = false;
        try {
            WatchDoor door = new WatchDoor(slot, HandleMount.enter(slot));
            done = true;
            return door;
        } finally {
            if (!done) {
                slot.close();
            }
        }
    }

    /** The path under which {@code file} is found until this is asked again. */
    UnixPath to(Fd file) {
        file.duplicateOnto(slot);
        return name;
    }

    @Override
    public void close() {
        place.close();
        slot.close();
    }
}
