package dev.stasis.plugins.detachedmounts;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileHandle;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.FileType;
import dev.stasis.linux.fs.HandleCalls;
import dev.stasis.linux.fs.HandleMount;
import dev.stasis.linux.fs.LongPaths;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.OpenFile;
import java.util.List;
import java.util.Optional;

/**
 * Finds the root of a mount that is in no namespace. /proc shows a file's path below that root; a mount in sight, on which the
 * file is opened once more by its handle, shows its whole path. What the whole path has more is where the root is.
 *
 * <p>That is sure for directories and for files with one name. Of a file with more names the handle may lead to another:
 * then a handle that tells the directory too must be the same, or a search must find no second place that would do.
 */
final class RootSearch {
    private static final String DELETED = " (deleted)";
    private static final OpenFlags LOOK = OpenFlags.PATH.with(OpenFlags.NOFOLLOW);
    private static final int MOST_EVIDENCE = 16;

    private final Candidates candidates;
    private final ClaimContext context;

    RootSearch(Candidates candidates, ClaimContext context) {
        this.candidates = candidates;
        this.context = context;
    }

    /** The mount on which all of {@code evidence} is, best first. */
    FoundMount of(List<OpenFile> evidence) {
        for (int i = 0; i < Math.min(evidence.size(), MOST_EVIDENCE); i++) {
            FoundMount found = byHandle(evidence.get(i));
            if (found != null) {
                return found;
            }
        }
        return evidence.isEmpty() || isDeleted(evidence.get(0)) ? lost() : bySearch(evidence.get(0));
    }

    /** Where there are no handles, or they lead to other names: looks everywhere for a place with the path of {@code file}. */
    private FoundMount bySearch(OpenFile file) {
        boolean bounded = false;
        for (int i = 0; i < candidates.mounts().size(); i++) {
            CandidateMount mount = candidates.mounts().get(i);
            PlaceSearch search = new PlaceSearch(file, mount, SameName.of(context.descriptor(file)));
            UnixPath root = search.find();
            if (root != null) {
                return new FoundMount.Shown(root, mount.isReadOnlyFileSystem());
            }
            if (search.isAmbiguous()) {
                return new FoundMount.Lost("its mount is detached, and it has " + file.status().links() + " names, of which more"
                        + " than one may be the one that was opened", "keep a directory of that mount open");
            }
            bounded |= search.isBounded();
        }
        return bounded ? new FoundMount.Lost("its mount is detached, and it was not found among the first "
                + PlaceSearch.MOST_ENTRIES + " files of its file system, which has no usable file handles", "close it") : lost();
    }

    static boolean isDeleted(OpenFile file) {
        return file.link().endsWith(DELETED);
    }

    private FoundMount lost() {
        return candidates.mounts().isEmpty()
                ? new FoundMount.Lost("its mount is detached, and its file system is mounted nowhere else", "mount it somewhere")
                : new FoundMount.Lost("its mount is detached, and no other mount shows its file system's part of it", "mount it");
    }

    private FoundMount byHandle(OpenFile file) {
        Fd descriptor = context.descriptor(file);
        Optional<FileHandle> handle = HandleCalls.tryHandle(descriptor);
        for (int i = 0; handle.isPresent() && i < candidates.mounts().size(); i++) {
            CandidateMount mount = candidates.mounts().get(i);
            UnixPath whole = wholePath(file, handle.get(), mount);
            UnixPath root = whole == null ? null : above(whole, file.link());
            if (root != null && isRoot(root, file, mount)) {
                return new FoundMount.Shown(root, mount.isReadOnlyFileSystem());
            }
        }
        return null;
    }

    /** The path of {@code file} on {@code mount}; null when it is not to be had there. */
    private static UnixPath wholePath(OpenFile file, FileHandle handle, CandidateMount mount) {
        try (HandleMount door = HandleMount.enter(mount.directory())) {
            Optional<Fd> found = door.tryFind(handle);
            if (found.isEmpty()) {
                return null;
            }
            try (Fd same = found.get()) {
                return FileCalls.status(same).inode().equals(file.status().inode())
                        ? FileCalls.readLink(UnixPath.of("/proc/self/fd/" + same.number())) : null;
            }
        } catch (KernelException e) {
            // The handle is another file system's, or one that no call opens.
            return null;
        }
    }

    /** What {@code whole} has more than {@code below}, which it ends with; null when it does not. */
    static UnixPath above(UnixPath whole, UnixPath below) {
        if (below.length() == 1) {
            return whole;
        }
        int length = whole.length() - below.length();
        if (length < 0 || !whole.dropFirst(length).equals(below)) {
            return null;
        }
        return length == 0 ? UnixPath.of("/") : whole.dropLast(below.length());
    }

    /** Whether {@code root} is on {@code mount} and the path of {@code file} leads from there to it, by the name that it was opened. */
    private boolean isRoot(UnixPath root, OpenFile file, CandidateMount mount) {
        try (Fd directory = openRoot(root)) {
            if (FileCalls.status(directory).mountId() != mount.entry().id()) {
                return false;
            }
            return isDeleted(file) || leadsTo(directory, file) && isSureName(directory, file);
        } catch (KernelException e) {
            if (e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR) || e.is(Errno.EACCES) || e.is(Errno.ELOOP)) {
                return false;
            }
            throw e;
        }
    }

    static Fd openRoot(UnixPath root) {
        return FileCalls.open(root, LOOK, 0);
    }

    private static boolean leadsTo(Fd root, OpenFile file) {
        Optional<FileStatus> found = LongPaths.tryLinkStatus(root, file.link());
        return found.isPresent() && found.get().inode().equals(file.status().inode());
    }

    private boolean isSureName(Fd root, OpenFile file) {
        return file.status().links() == 1 || file.status().type() == FileType.DIRECTORY
                || SameName.of(context.descriptor(file)).isThatOf(root, file.link());
    }
}
