package dev.stasis.plugins.inotify;

import dev.stasis.linux.DeviceNumber;
import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.HandleCalls;
import dev.stasis.linux.fs.HandleMount;
import dev.stasis.linux.fs.LongPaths;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.fs.Timestamp;
import java.util.List;
import java.util.Optional;

/**
 * What watches are on, found and opened so that nobody notices: by handle on a mount of the file system, else by path if that
 * leads to the same inode, else through an open file that is on it. What has no name any more is only had through an open file.
 *
 * <p>What is not held is opened when it is needed, under the same descriptor number as the one before, which makes the way
 * through /proc/self/fd that a watch takes a well-trodden one. From one thread only.
 */
final class OpenTargets implements AutoCloseable {
    private static final OpenFlags UNNOTICED = OpenFlags.PATH.with(OpenFlags.NOFOLLOW);

    /** What leads to a target. */
    private enum Way { NONE, HANDLE, PATH, OPEN_FILE }

    private final List<Watch> watches;
    private final OpenFiles files;
    private final Way[] ways;
    private final Timestamp[] changed;
    /** Null when nothing is held. */
    private final HeldTargets held;
    private final Fd[] heldHere;
    private final SuperBlocks superBlocks = new SuperBlocks();
    private HandleMount door;
    private DeviceNumber doorDevice;

    private OpenTargets(List<Watch> watches, OpenFiles files, HeldTargets held) {
        this.watches = watches;
        this.files = files;
        this.held = held;
        this.heldHere = held == null ? null : new Fd[watches.size()];
        this.ways = new Way[watches.size()];
        this.changed = new Timestamp[watches.size()];
        java.util.Arrays.fill(ways, Way.NONE);
    }

    /** Finds what {@code watches} are on, as far as it is there. */
    static OpenTargets of(List<Watch> watches, OpenFiles files) {
        return of(watches, files, null);
    }

    /** Like the other; what is found on the way to {@code held}, which may be null, is held there. */
    static OpenTargets of(List<Watch> watches, OpenFiles files, HeldTargets held) {
        OpenTargets targets = new OpenTargets(watches, files, held);
        boolean done = false;
        try {
            targets.findRest();
            done = true;
            return targets;
        } finally {
            if (!done) {
                targets.close();
            }
        }
    }

    /** Finds what was not there before. */
    void findRest() {
        for (int i = 0; i < ways.length; i++) {
            if (ways[i] == Way.NONE) {
                find(i);
            }
        }
        leave();
    }

    private void find(int index) {
        HeldTargets.Held known = held == null || watches.get(index).target().unlinked() ? null : held.of(watches.get(index));
        if (known != null && isSame(known.file(), known.status(), watches.get(index), false)) {
            note(index, Way.HANDLE, known);
            return;
        }
        if (tryWay(index, Way.HANDLE) || tryWay(index, Way.PATH)) {
            return;
        }
        tryWay(index, Way.OPEN_FILE);
    }

    private boolean tryWay(int index, Way way) {
        Fd found = open(index, way);
        if (found == null) {
            return false;
        }
        boolean holds = false;
        try {
            FileStatus status = FileCalls.status(found);
            if (way != Way.OPEN_FILE && !isSame(found, status, watches.get(index), way == Way.PATH)) {
                return false;
            }
            holds = held != null && way != Way.OPEN_FILE && held.hasRoom();
            note(index, way, holds ? held.hold(watches.get(index), found, status) : new HeldTargets.Held(null, status));
            return true;
        } finally {
            if (!holds) {
                found.close();
            }
        }
    }

    private void note(int index, Way way, HeldTargets.Held found) {
        ways[index] = way;
        changed[index] = found.status().changed();
        if (heldHere != null) {
            heldHere[index] = found.file();
        }
    }

    /** What the watch at {@code index} is on, borrowed; null when it is not held. */
    Fd held(int index) {
        return heldHere == null ? null : heldHere[index];
    }

    private Fd open(int index, Way way) {
        Watch watch = watches.get(index);
        WatchTarget target = watch.target();
        switch (way) {
            case HANDLE:
                return target.unlinked() || watch.mark().handle() == null ? null : byHandle(watch);
            case PATH:
                return target.unlinked() || target.path() == null || !target.path().isAbsolute() ? null : byPath(watch);
            case OPEN_FILE:
                Fd open = target.openFile() == null ? null : files.descriptor(target.openFile());
                return open == null ? null : open.duplicate();
            default:
                return null;
        }
    }

    private Fd byHandle(Watch watch) {
        DeviceNumber device = watch.mark().device();
        Fd directory = superBlocks.directory(device);
        if (directory == null) {
            return null;
        }
        if (door == null || !device.equals(doorDevice)) {
            leave();
            door = HandleMount.enter(directory);
            doorDevice = device;
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

    private static Fd byPath(Watch watch) {
        try {
            try (Fd root = FileCalls.open(UnixPath.of("/"), OpenFlags.PATH, 0)) {
                return LongPaths.open(root, watch.target().path(), UNNOTICED);
            }
        } catch (KernelException e) {
            if (e.is(Errno.EMFILE) || e.is(Errno.ENFILE) || e.is(Errno.ENOMEM)) {
                throw e;
            }
            // Nothing there, or nothing we may look at.
            return null;
        }
    }

    /** Whether {@code found} is the inode that was watched. */
    private static boolean isSame(Fd found, FileStatus status, Watch watch, boolean byPath) {
        WatchTarget target = watch.target();
        if (target.pseudo() && byPath || target.inode() == null) {
            return true;
        }
        if (status.inode().number() != target.inode().number()) {
            return false;
        }
        return !byPath || status.inode().equals(target.inode())
                || watch.mark().handle() != null && HandleCalls.tryHandle(found).equals(Optional.of(watch.mark().handle()));
    }

    /** Whether what the watch at {@code index} is on was found. */
    boolean isFound(int index) {
        return ways[index] != Way.NONE;
    }

    /** When what the watch at {@code index} is on was changed last, as of when it was found; null when it was not. */
    Timestamp changed(int index) {
        return changed[index];
    }

    /** What the watch at {@code index} is on, to be closed soon; null when it was not found, or is gone since. */
    Fd open(int index) {
        Fd found = open(index, ways[index]);
        if (found == null || ways[index] != Way.PATH) {
            return found;
        }
        // A path may lead elsewhere by now; a handle or an open file cannot.
        boolean same = false;
        try {
            same = isSame(found, FileCalls.status(found), watches.get(index), true);
            return same ? found : null;
        } finally {
            if (!same) {
                found.close();
            }
        }
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
    }
}
