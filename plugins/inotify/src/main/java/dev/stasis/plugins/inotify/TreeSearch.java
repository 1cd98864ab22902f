package dev.stasis.plugins.inotify;

import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.DirectoryCalls;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.FileType;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.proc.InotifyMark;
import dev.stasis.linux.proc.MountEntry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** Looks through a file system for an inode, level by level, up to a bound. Opens and reads directories, unnoticed where that can be. */
final class TreeSearch {
    private static final int MOST_ENTRIES = 200_000;

    private final InotifyMark wanted;
    private final OwnSearch own;
    private final WatchedInodes inodes;
    /** Whether the number that statx(2) tells counts for nothing. */
    private boolean anyNumber;
    private int entries;

    /**
     * Will look for {@code wanted}, and tell {@code own} which directories it read.
     *
     * @param inodes tells inodes of one number apart; null where each has its own
     */
    TreeSearch(InotifyMark wanted, OwnSearch own, WatchedInodes inodes) {
        this.wanted = wanted;
        this.own = own;
        this.inodes = inodes;
    }

    /** A directory to look into, {@code name} in the one {@code above}, which is null for the root of a mount. */
    private record Waiting(UnixPath path, FileStatus above, UnixPath name) {}

    /** Where the wanted inode is on {@code mount}; null when it was not found. */
    UnixPath below(MountEntry mount) {
        if (inodes != null) {
            own.addLayers(mount);
        }
        UnixPath found = lookBelow(mount);
        // What was copied up, or is one of several hard links, may show another number than the file system itself counts.
        if (found == null && inodes != null && inodes.isExact()) {
            anyNumber = true;
            entries = 0;
            found = lookBelow(mount);
        }
        return found;
    }

    private boolean isWanted(UnixPath path, FileStatus status) {
        return (anyNumber || status.inode().number() == wanted.inode()) && (inodes == null || inodes.isOn(wanted, path));
    }

    private UnixPath lookBelow(MountEntry mount) {
        UnixPath root = mount.mountPoint();
        Optional<FileStatus> top = FileCalls.tryLinkStatus(root);
        if (top.isEmpty() || isWanted(root, top.get())) {
            return top.isEmpty() ? null : root;
        }
        Deque<Waiting> waiting = new ArrayDeque<>();
        waiting.add(new Waiting(root, null, mount.root().fileName()));
        while (!waiting.isEmpty() && entries < MOST_ENTRIES) {
            UnixPath found = look(waiting.poll(), top.get(), waiting);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private UnixPath look(Waiting next, FileStatus top, Deque<Waiting> waiting) {
        UnixPath directory = next.path();
        List<UnixPath> names = new ArrayList<>();
        FileStatus above = read(next, names);
        entries += names.size();
        for (int i = 0; i < names.size(); i++) {
            UnixPath path = directory.resolve(names.get(i));
            FileStatus status = status(path);
            if (status == null || status.mountId() != top.mountId()) {
                continue;
            }
            if (isWanted(path, status)) {
                return path;
            }
            if (status.type() == FileType.DIRECTORY) {
                waiting.add(new Waiting(path, above, names.get(i)));
            }
        }
        return null;
    }

    /** Adds the names in {@code next} to {@code names}, and returns which directory it is; null when it cannot be opened. */
    private FileStatus read(Waiting next, List<UnixPath> names) {
        try (Fd found = FileCalls.open(next.path(), OpenFlags.PATH.with(OpenFlags.DIRECTORY), 0)) {
            Optional<Fd> unnoticed = own.tryOpen(found);
            if (unnoticed.isEmpty()) {
                return readNoticed(next, found, names);
            }
            try (Fd open = unnoticed.get()) {
                names.addAll(DirectoryCalls.list(open));
                return FileCalls.status(open);
            }
        } catch (KernelException e) {
            return null; // it is gone, or not ours to read: what is in it is not found
        }
    }

    private FileStatus readNoticed(Waiting next, Fd found, List<UnixPath> names) {
        FileStatus directory = null;
        UnixPath path = UnixPath.of("/proc/self/fd/" + found.number());
        try (Fd open = FileCalls.open(path, OpenFlags.RDONLY.with(OpenFlags.DIRECTORY).with(OpenFlags.NOATIME), 0)) {
            directory = FileCalls.status(open);
            names.addAll(DirectoryCalls.list(open));
        } catch (KernelException e) {
            // As above, and what was read is counted.
        }
        if (directory != null) {
            own.add(directory, next.above(), next.name(), names);
        }
        return directory;
    }

    private static FileStatus status(UnixPath path) {
        try {
            return FileCalls.tryLinkStatus(path).orElse(null);
        } catch (KernelException e) {
            return null;
        }
    }
}
