package dev.stasis.plugins.inotify;

import dev.stasis.linux.CallBatch;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.SyscallNumber;
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
    private static final int NAME = 8;

    private final Fd descriptors;
    private final Fd slot;
    private final UnixPath name;
    private final HandleMount place;
    /** {@link #HERE} and {@link #name}, each with a NUL behind it, for the kernel. */
    private final NativeMemory paths = NativeMemory.allocate(NAME + 16);
    private boolean elsewhere;

    private WatchDoor(Fd descriptors, HandleMount place) {
        this.descriptors = descriptors;
        this.place = place;
        this.slot = descriptors.duplicate();
        this.name = UnixPath.of(Integer.toString(slot.number()));
        HERE.copyTo(paths, 0);
        name.copyTo(paths, NAME);
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

    /**
     * Adds to {@code batch} what leads to {@code file}; returns the address of the path under which it is found then. That a directory
     * may not be entered shows when the batch is made.
     */
    long lead(CallBatch batch, Fd file, FileType type) {
        if (type == FileType.DIRECTORY) {
            batch.add("fchdir", SyscallNumber.FCHDIR, file.number(), 0);
            elsewhere = true;
            return paths.address();
        }
        if (elsewhere) {
            batch.add("fchdir", SyscallNumber.FCHDIR, descriptors.number(), 0);
            elsewhere = false;
        }
        batch.add("dup3", SyscallNumber.DUP3, file.number(), slot.number(), OpenFlags.CLOEXEC.bits());
        return paths.address() + NAME;
    }

    /** A batch that was to lead somewhere was not made to its end. */
    void strayed() {
        elsewhere = true;
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
