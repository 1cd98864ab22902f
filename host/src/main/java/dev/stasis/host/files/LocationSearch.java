package dev.stasis.host.files;

import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.LongPaths;
import dev.stasis.spi.OpenFile;
import java.util.Optional;

/** Finds out whether the path that /proc shows for an open file leads to it. Looks only. */
final class LocationSearch {
    private static final String DELETED = " (deleted)";
    private static final String UNREACHABLE = "(unreachable)";

    private LocationSearch() {}

    /**
     * How far the path of {@code file} leads. A name that really ends in " (deleted)" is one that leads to the file; a
     * deleted name that was given to the same inode again leads to it too.
     */
    static Reach of(OpenFile file) {
        UnixPath link = file.link();
        if (link.startsWith(UNREACHABLE)) {
            return new Reach(link.dropFirst(UNREACHABLE.length()), false, false);
        }
        if (leadsTo(link, file.status())) {
            return new Reach(link, true, true);
        }
        if (!link.endsWith(DELETED)) {
            return new Reach(link, leadsToMount(link, file.status()), false);
        }
        UnixPath name = link.dropLast(DELETED.length());
        boolean sameInode = leadsTo(name, file.status());
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
    private static boolean leadsToMount(UnixPath path, FileStatus wanted) {
        UnixPath step = path;
        while (step.length() > 1) {
            step = step.parent();
            Optional<FileStatus> found = status(step);
            if (found.isPresent()) {
                return sameMount(found.get(), wanted);
            }
        }
        return false;
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
