package dev.stasis.host.files;

import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.LongPaths;
import dev.stasis.spi.OpenFile;
import java.util.Optional;

/** Finds out whether the path that /proc shows for an open file leads to it, for many files in a row. Looks only. */
final class LocationSearch {
    private static final String DELETED = " (deleted)";
    private static final String UNREACHABLE = "(unreachable)";

    /** A directory that was there when it was looked at last, and its mount: many files are of few directories. */
    private UnixPath directory = UnixPath.of("");
    private FileStatus ofDirectory;

    /**
     * How far the path of {@code file} leads. A name that really ends in " (deleted)" is one that leads to the file; a
     * deleted name that was given to the same inode again leads to it too.
     *
     * @param looked whether it was seen already that the link itself does not lead to it
     */
    Reach of(OpenFile file, boolean looked) {
        UnixPath link = file.link();
        if (link.startsWith(UNREACHABLE)) {
            return new Reach(link.dropFirst(UNREACHABLE.length()), false, false);
        }
        if (!looked && leadsTo(link, file.status())) {
            return new Reach(link, true, true);
        }
        if (!link.endsWith(DELETED)) {
            return new Reach(link, leadsToMount(link, file.status()), false);
        }
        UnixPath name = link.dropLast(DELETED.length());
        boolean sameInode = file.status().links() > 0 && leadsTo(name, file.status());
        return new Reach(name, sameInode || leadsToMount(name, file.status()), sameInode);
    }

    /**
     * How far {@code link} leads below {@code root}, a remapped mount's; borrowed. Where there is none to look at, it leads to
     * nothing.
     */
    static Reach below(Optional<Fd> root, UnixPath link, FileStatus wanted) {
        if (root.isPresent() && leadsTo(root.get(), link, wanted)) {
            return new Reach(link, true, true);
        }
        if (!link.endsWith(DELETED)) {
            return new Reach(link, true, false);
        }
        UnixPath name = link.dropLast(DELETED.length());
        return new Reach(name, true, root.isPresent() && leadsTo(root.get(), name, wanted));
    }

    private static boolean leadsTo(Fd root, UnixPath path, FileStatus wanted) {
        try {
            Optional<FileStatus> found = LongPaths.tryLinkStatus(root, path);
            return found.isPresent() && found.get().inode().equals(wanted.inode());
        } catch (KernelException e) {
            return false;
        }
    }

    private static boolean leadsTo(UnixPath path, FileStatus wanted) {
        Optional<FileStatus> found = status(path);
        return found.isPresent() && found.get().inode().equals(wanted.inode()) && sameMount(found.get(), wanted);
    }

    /** Whether {@code path}, or the closest directory above it that exists, is on the mount of {@code wanted}. */
    private boolean leadsToMount(UnixPath path, FileStatus wanted) {
        UnixPath step = path;
        while (step.length() > 1) {
            step = step.parent();
            if (isDirectory(step)) {
                return sameMount(ofDirectory, wanted);
            }
        }
        return false;
    }

    private boolean isDirectory(UnixPath path) {
        if (path.equals(directory)) {
            return true;
        }
        Optional<FileStatus> found = status(path);
        if (found.isPresent()) {
            directory = path;
            ofDirectory = found.get();
        }
        return found.isPresent();
    }

    private static boolean sameMount(FileStatus one, FileStatus other) {
        return one.mountId() == other.mountId() || one.mountId() == 0 || other.mountId() == 0;
    }

    private static Optional<FileStatus> status(UnixPath path) {
        if (!path.isAbsolute()) {
            return Optional.empty();
        }
        try {
            return LongPaths.tryLinkStatus(path);
        } catch (KernelException e) {
            // A name that is too long with " (deleted)" behind it, a directory we may not search: it leads nowhere for us.
            return Optional.empty();
        }
    }
}
