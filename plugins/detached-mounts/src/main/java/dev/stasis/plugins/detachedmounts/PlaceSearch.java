package dev.stasis.plugins.detachedmounts;

import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.DirectoryCalls;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.FileType;
import dev.stasis.linux.fs.LongPaths;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.spi.OpenFile;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Looks through a mount, level by level and up to a bound, for the place from which a file's path leads to the file. Opens and
 * reads directories, without a trace in their times.
 */
final class PlaceSearch {
    static final int MOST_ENTRIES = 200_000;

    private static final OpenFlags LIST = OpenFlags.RDONLY.with(OpenFlags.DIRECTORY).with(OpenFlags.NOATIME);

    private final OpenFile file;
    private final UnixPath below;
    private final CandidateMount mount;
    private final SameName sameName;
    private final boolean isRoot;
    private final Deque<UnixPath> waiting = new ArrayDeque<>();
    private UnixPath found;
    private int places;
    private int entries;

    /** For {@code file}, whose path below the place is {@code below}, on {@code mount}. */
    PlaceSearch(OpenFile file, UnixPath below, CandidateMount mount, SameName sameName) {
        this.file = file;
        this.below = below;
        this.mount = mount;
        this.sameName = sameName;
        this.isRoot = below.length() == 1;
    }

    /** The place; null when there is none, or more than one and nothing tells which. */
    UnixPath find() {
        UnixPath top = mount.entry().mountPoint();
        look(top);
        while (!isDone() && !waiting.isEmpty() && entries < MOST_ENTRIES) {
            list(waiting.poll());
        }
        return isAmbiguous() || isBounded() && !isSure() ? null : found;
    }

    private boolean isDone() {
        return places > 1 || places == 1 && isSure();
    }

    /** A file with one name has one place. Which of several was meant, the directory tells. */
    private boolean isSure() {
        return file.status().links() == 1 || file.status().type() == FileType.DIRECTORY || sameName.isKnown();
    }

    boolean isAmbiguous() {
        return places > 1;
    }

    /** Whether the bound was reached before all was seen. */
    boolean isBounded() {
        return entries >= MOST_ENTRIES;
    }

    private void list(UnixPath directory) {
        List<UnixPath> names = names(directory);
        entries += names.size();
        for (int i = 0; i < names.size() && !isDone(); i++) {
            look(directory.resolve(names.get(i)));
        }
    }

    private static List<UnixPath> names(UnixPath directory) {
        try (Fd open = FileCalls.open(directory, LIST, 0)) {
            return DirectoryCalls.list(open);
        } catch (KernelException e) {
            // It is gone, or not ours to read: what is in it is not found.
            return List.of();
        }
    }

    private void look(UnixPath path) {
        FileStatus status = status(path);
        if (status == null || status.mountId() != mount.entry().id()) {
            return;
        }
        if (isRoot && status.inode().equals(file.status().inode())) {
            places++;
            found = path;
        }
        if (status.type() == FileType.DIRECTORY) {
            waiting.add(path);
            if (!isRoot) {
                lookBelow(path);
            }
        }
    }

    private void lookBelow(UnixPath directory) {
        try (Fd root = RootSearch.openRoot(directory)) {
            Optional<FileStatus> there = LongPaths.tryLinkStatus(root, below);
            boolean same = there.isPresent() && there.get().inode().equals(file.status().inode())
                    && there.get().mountId() == mount.entry().id();
            if (same && (!sameName.isKnown() || sameName.isThatOf(root, below))) {
                places++;
                found = directory;
            }
        } catch (KernelException e) {
            // Gone meanwhile, or not ours to look at.
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
