package dev.stasis.plugins.inotify;

import dev.stasis.linux.DeviceNumber;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.DescriptorRoom;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.HandleCalls;
import dev.stasis.linux.fs.HandleMount;
import dev.stasis.linux.fs.LongPaths;
import dev.stasis.linux.fs.OpenFlags;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What watches are on, opened so that nobody notices: by handle on a mount of the file system, else by path if that leads to
 * the same inode, else through an open file that is on it. What has no name any more is only had through an open file.
 */
final class OpenTargets implements AutoCloseable {
    private static final int FEW = 200;
    private static final int OTHER_DESCRIPTORS = 1024;
    private static final OpenFlags UNNOTICED = OpenFlags.PATH.with(OpenFlags.NOFOLLOW);

    private final List<Watch> watches;
    private final Fd[] targets;

    private OpenTargets(List<Watch> watches) {
        this.watches = watches;
        this.targets = new Fd[watches.size()];
    }

    /** Opens what {@code watches} are on, as far as it is there. */
    static OpenTargets of(List<Watch> watches, OpenFiles files) {
        if (watches.size() > FEW) {
            DescriptorRoom.reserve(watches.size() + OTHER_DESCRIPTORS);
        }
        OpenTargets opened = new OpenTargets(watches);
        boolean done = false;
        try {
            opened.openRest(files);
            done = true;
            return opened;
        } finally {
            if (!done) {
                opened.close();
            }
        }
    }

    /** Opens what was not there before. */
    void openRest(OpenFiles files) {
        try (SuperBlocks superBlocks = new SuperBlocks()) {
            Set<DeviceNumber> done = new HashSet<>();
            for (int i = 0; i < targets.length; i++) {
                DeviceNumber device = watches.get(i).mark().device();
                if (targets[i] == null && done.add(device)) {
                    openByHandle(device, superBlocks);
                }
            }
        }
        for (int i = 0; i < targets.length; i++) {
            if (targets[i] == null) {
                targets[i] = otherwise(watches.get(i), files);
            }
        }
    }

    private void openByHandle(DeviceNumber device, SuperBlocks superBlocks) {
        Fd directory = superBlocks.directory(device);
        if (directory == null) {
            return;
        }
        try (HandleMount door = HandleMount.enter(directory)) {
            for (int i = 0; i < targets.length; i++) {
                Watch watch = watches.get(i);
                if (targets[i] == null && watch.mark().device().equals(device) && watch.mark().handle() != null
                        && !watch.target().unlinked()) {
                    targets[i] = byHandle(watch, door);
                }
            }
        }
    }

    private static Fd byHandle(Watch watch, HandleMount door) {
        try {
            Optional<Fd> found = door.tryFind(watch.mark().handle());
            return found.isPresent() ? verified(found.get(), watch, false) : null;
        } catch (KernelException e) {
            // The file system opens no handles: the path may lead there.
            return null;
        }
    }

    private static Fd otherwise(Watch watch, OpenFiles files) {
        WatchTarget target = watch.target();
        if (!target.unlinked() && target.path() != null && target.path().isAbsolute()) {
            Fd byPath = byPath(watch);
            if (byPath != null) {
                return byPath;
            }
        }
        Fd open = target.openFile() == null ? null : files.descriptor(target.openFile());
        return open == null ? null : open.duplicate();
    }

    private static Fd byPath(Watch watch) {
        try {
            try (Fd root = FileCalls.open(UnixPath.of("/"), OpenFlags.PATH, 0)) {
                return verified(LongPaths.open(root, watch.target().path(), UNNOTICED), watch, true);
            }
        } catch (KernelException e) {
            // Nothing there, or nothing we may look at.
            return null;
        }
    }

    /** {@code found} if it is the inode that was watched; else null, and it is closed. */
    private static Fd verified(Fd found, Watch watch, boolean byPath) {
        boolean same = false;
        try {
            same = isSame(found, watch, byPath);
            return same ? found : null;
        } finally {
            if (!same) {
                found.close();
            }
        }
    }

    private static boolean isSame(Fd found, Watch watch, boolean byPath) {
        WatchTarget target = watch.target();
        if (target.pseudo() && byPath || target.inode() == null) {
            return true;
        }
        FileStatus status = FileCalls.status(found);
        if (status.inode().number() != target.inode().number()) {
            return false;
        }
        return !byPath || status.inode().equals(target.inode())
                || watch.mark().handle() != null && HandleCalls.tryHandle(found).equals(Optional.of(watch.mark().handle()));
    }

    /** What the watch at {@code index} is on, borrowed; null when it was not found. */
    Fd get(int index) {
        return targets[index];
    }

    @Override
    public void close() {
        for (int i = 0; i < targets.length; i++) {
            if (targets[i] != null) {
                targets[i].close();
                targets[i] = null;
            }
        }
    }
}
