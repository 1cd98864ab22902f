package dev.stasis.plugins.inotify;

import dev.stasis.linux.DeviceNumber;
import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.fs.HandleMount;
import dev.stasis.linux.fs.HandleSearch;

/** The way to what watches are on by their handles, on any mount of the file system. From one thread only. */
final class HandleWay implements AutoCloseable {
    private final SuperBlocks superBlocks = new SuperBlocks();
    private HandleMount door;
    private DeviceNumber doorDevice;
    /** Null until many are looked for. */
    private HandleSearch search;

    /** What the handle of {@code watch} leads to, O_PATH, to be closed by the caller; null when there is none, or no way. */
    Fd tryFind(Watch watch) {
        if (!leads(watch)) {
            return null;
        }
        try {
            return door.tryFind(watch.mark().handle()).orElse(null);
        } catch (KernelException e) {
            if (e.is(Errno.EMFILE) || e.is(Errno.ENFILE) || e.is(Errno.ENOMEM)) {
                throw e; // it is there, and nobody may think that it is not
            }
            // The file system opens no handles: the path may lead there.
            return null;
        }
    }

    /** Whether {@code watch} has a handle and its file system is in sight, which is entered then. */
    boolean leads(Watch watch) {
        return watch.mark().handle() != null && isEntered(watch.mark().device());
    }

    /** For looking for many at once, on the file system that was entered last. */
    HandleSearch search() {
        search = search == null ? new HandleSearch() : search;
        return search;
    }

    /** Whether {@link #search} must be done with what it has before {@code watch}: it is full, or that is on another file system. */
    boolean takesNoMore(Watch watch) {
        return search.isFull() || !watch.mark().device().equals(doorDevice);
    }

    /** Closes what was found by {@link #search} and not taken. */
    void forget() {
        if (search != null) {
            search.clear();
        }
    }

    private boolean isEntered(DeviceNumber device) {
        if (door != null && device.equals(doorDevice)) {
            return true;
        }
        Fd directory = superBlocks.directory(device);
        if (directory == null) {
            return false;
        }
        leave();
        door = HandleMount.enter(directory);
        doorDevice = device;
        return true;
    }

    /** Goes back to where this thread was, which opening by handle leads away from; needed before anything else is done there. */
    void leave() {
        if (door != null) {
            door.close();
            door = null;
        }
    }

    @Override
    public void close() {
        leave();
        superBlocks.close();
        forget();
    }
}
