package dev.stasis.plugins.inotify;

import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileType;
import dev.stasis.linux.fs.HandleMount;
import dev.stasis.linux.fs.OpenFlags;

/**
 * The shortest way for the kernel from a path, which a watch takes, to an open file. A directory becomes the current one of
 * this thread. For anything else that is the one of its descriptors, and what is to be watched has the same name there each
 * time. While this is open no other path may be relative.
 */
final class WatchDoor implements AutoCloseable {
    private static final UnixPath DESCRIPTORS = UnixPath.of("/proc/self/fd");
    private static final UnixPath HERE = UnixPath.of(".");

    private final Fd descriptors;
    private final Fd slot;
    private final UnixPath name;
    private final HandleMount place;
    private boolean elsewhere;

    private WatchDoor(Fd descriptors, HandleMount place) {
        this.descriptors = descriptors;
        this.place = place;
        this.slot = descriptors.duplicate();
        this.name = UnixPath.of(Integer.toString(slot.number()));
    }

    static WatchDoor open() {
        Fd descriptors = FileCalls.open(DESCRIPTORS, OpenFlags.PATH, 0);
        boolean done = false;
        try {
            WatchDoor door = new WatchDoor(descriptors, HandleMount.enter(descriptors));
            done = true;
            return door;
        } finally {
            if (!done) {
                descriptors.close();
            }
        }
    }

    /** The path under which {@code file} is found until this is asked again. */
    UnixPath to(Fd file, FileType type) {
        if (type == FileType.DIRECTORY && isEntered(file)) {
            return HERE;
        }
        if (elsewhere) {
            place.goTo(descriptors);
            elsewhere = false;
        }
        file.duplicateOnto(slot);
        return name;
    }

    private boolean isEntered(Fd directory) {
        try {
            place.goTo(directory);
            elsewhere = true;
            return true;
        } catch (KernelException e) {
            return false; // one that we may watch, but not enter
        }
    }

    @Override
    public void close() {
        place.close();
        slot.close();
        descriptors.close();
    }
}
