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
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** Looks through a file system for an inode, level by level, up to a bound. Opens and reads directories. */
final class TreeSearch {
    private static final int MOST_ENTRIES = 200_000;

    private final InotifyMark wanted;
    private int entries;

    TreeSearch(InotifyMark wanted) {
        this.wanted = wanted;
    }

    /** Where the wanted inode is below {@code root}, a mount's; null when it was not found. */
    UnixPath below(UnixPath root) {
        Optional<FileStatus> top = FileCalls.tryLinkStatus(root);
        if (top.isEmpty() || top.get().inode().number() == wanted.inode()) {
            return top.isEmpty() ? null : root;
        }
        Deque<UnixPath> waiting = new ArrayDeque<>();
        waiting.add(root);
        while (!waiting.isEmpty() && entries < MOST_ENTRIES) {
            UnixPath found = look(waiting.poll(), top.get(), waiting);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private UnixPath look(UnixPath directory, FileStatus top, Deque<UnixPath> waiting) {
        List<UnixPath> names = names(directory);
        entries += names.size();
        for (int i = 0; i < names.size(); i++) {
            UnixPath path = directory.resolve(names.get(i));
            FileStatus status = status(path);
            if (status == null || status.mountId() != top.mountId()) {
                continue;
            }
            if (status.inode().number() == wanted.inode()) {
                return path;
            }
            if (status.type() == FileType.DIRECTORY) {
                waiting.add(path);
            }
        }
        return null;
    }

    private static List<UnixPath> names(UnixPath directory) {
        try (Fd open = FileCalls.open(directory, OpenFlags.RDONLY.with(OpenFlags.DIRECTORY).with(OpenFlags.NOATIME), 0)) {
            return DirectoryCalls.list(open);
        } catch (KernelException e) {
            // It is gone, or not ours to read: what is in it is not found.
            return List.of();
        }
    }

    private static FileStatus status(UnixPath path) {
        try {
            return FileCalls.tryLinkStatus(path).orElse(null);
        } catch (KernelException e) {
            return null;
        }
    }
}
