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
 * Finds the root of a mount by the mounts in sight. /proc shows a file's path below that root; a mount in sight, on which the
 * file is opened once more by its handle, shows its whole path. What the whole path has more is where the root is.
 *
 * <p>That is sure for directories and for files with one name. Of a file with more names the handle may lead to another:
 * then a handle that tells the directory too must be the same, or a search must find no second place that would do.
 */
final class RootSearch {
    private static final OpenFlags LOOK = OpenFlags.PATH.with(OpenFlags.NOFOLLOW);
    private static final int MOST_EVIDENCE = 16;

    private final Candidates candidates;
    private final ClaimContext context;
    private final UnixPath point;
    private final UnixPath hint;
    private ToldRoot told;
    private UnixPath deletedRoot;
    private UnixPath disputedRoot;

    /**
     * For a mount that is detached, or, with a {@code point}, still mounted there but hidden. Its root may be at {@code hint},
     * unless that is null.
     */
    RootSearch(Candidates candidates, ClaimContext context, UnixPath point, UnixPath hint) {
        this.candidates = candidates;
        this.context = context;
        this.point = point;
        this.hint = hint;
    }

    /** The mount on which all of {@code evidence} is, best first. */
    FoundMount of(List<OpenFile> evidence) {
        told = ToldRoot.of(context.descriptor(evidence.get(0)));
        for (int i = 0; i < Math.min(evidence.size(), MOST_EVIDENCE); i++) {
            FoundMount found = byHandle(evidence.get(i));
            if (found != null) {
                return found;
            }
        }
        FoundMount found = disputedRoot == null ? asTold() : null;
        if (found != null) {
            return found;
        }
        UnixPath below = MountPaths.below(evidence.get(0).link(), point);
        if (below == null || MountPaths.isDeleted(below)) {
            return lost();
        }
        FoundMount hinted = byHint(evidence.get(0), below);
        return hinted == null ? bySearch(evidence.get(0), below) : hinted;
    }

    /** A hint is from an earlier search, maybe for another mount that had the number: that it leads nowhere tells nothing. */
    private FoundMount byHint(OpenFile file, UnixPath below) {
        UnixPath knownBefore = deletedRoot;
        FoundMount found = atHint(file, below);
        deletedRoot = knownBefore;
        return found;
    }

    private FoundMount atHint(OpenFile file, UnixPath below) {
        for (int i = 0; hint != null && i < candidates.mounts().size(); i++) {
            CandidateMount mount = candidates.mounts().get(i);
            if (isRoot(hint, file, below, mount) && told.agrees(hint, mount.entry())) {
                return shown(hint, mount);
            }
        }
        return null;
    }

    /** Where there are no handles, or they lead to other names: looks everywhere for a place with the path of {@code file}. */
    private FoundMount bySearch(OpenFile file, UnixPath below) {
        boolean bounded = false;
        for (int i = 0; i < candidates.mounts().size(); i++) {
            CandidateMount mount = candidates.mounts().get(i);
            PlaceSearch search = new PlaceSearch(file, below, mount, SameName.of(context.descriptor(file)));
            UnixPath root = search.find();
            if (root != null && told.agrees(root, mount.entry())) {
                return shown(root, mount);
            }
            if (search.isAmbiguous()) {
                return new FoundMount.Lost(what() + ", and it has " + file.status().links() + " names, of which more"
                        + " than one may be the one that was opened", "keep a directory of that mount open");
            }
            bounded |= search.isBounded();
        }
        return bounded ? new FoundMount.Lost(what() + ", and it was not found among the first " + PlaceSearch.MOST_ENTRIES
                + " files of its file system, which opens no file handles", "close it") : lost();
    }

    /** Where the kernel tells the root; whether files lead to what they were is for the host to see. */
    private FoundMount asTold() {
        for (int i = 0; i < candidates.mounts().size(); i++) {
            CandidateMount mount = candidates.mounts().get(i);
            Optional<UnixPath> root = told.on(mount.entry());
            if (root.isPresent() && isOn(root.get(), mount)) {
                return shown(root.get(), mount);
            }
        }
        return null;
    }

    private static boolean isOn(UnixPath root, CandidateMount mount) {
        Optional<FileStatus> found = FileCalls.tryLinkStatus(root);
        return found.isPresent() && found.get().mountId() == mount.entry().id();
    }

    private FoundMount shown(UnixPath root, CandidateMount mount) {
        return new FoundMount.Shown(root, context.own(openRoot(root)), mount.isReadOnlyFileSystem(), point);
    }

    private String what() {
        return point == null ? "its mount is detached" : "its mount at " + point + " lies under another";
    }

    private FoundMount lost() {
        if (deletedRoot != null) {
            return new FoundMount.Lost(what() + ", and its root was deleted: it was " + deletedRoot, "close it");
        }
        if (disputedRoot != null) {
            return new FoundMount.Lost(what() + ", and its root seems to be " + disputedRoot + ", but the kernel says "
                    + told.path().orElseThrow(), "close it");
        }
        return candidates.mounts().isEmpty()
                ? new FoundMount.Lost(what() + ", and its file system is mounted nowhere else", "mount it somewhere else too")
                : new FoundMount.Lost(what() + ", and no other mount shows its part of the file system, or tells where it is",
                        "mount the file system as a whole somewhere");
    }

    private FoundMount byHandle(OpenFile file) {
        Optional<FileHandle> handle = HandleCalls.tryHandle(context.descriptor(file));
        UnixPath below = MountPaths.below(file.link(), point);
        for (int i = 0; handle.isPresent() && below != null && i < candidates.mounts().size(); i++) {
            CandidateMount mount = candidates.mounts().get(i);
            UnixPath whole = wholePath(file, handle.get(), mount);
            UnixPath root = whole == null ? null : MountPaths.above(whole, below);
            if (root != null && isRoot(root, file, below, mount)) {
                if (told.agrees(root, mount.entry())) {
                    return shown(root, mount);
                }
                disputedRoot = root;
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

    /**
     * Whether {@code root} is on {@code mount} and {@code below} leads from there to {@code file}, by the name that it was opened
     * by.
     */
    private boolean isRoot(UnixPath root, OpenFile file, UnixPath below, CandidateMount mount) {
        try (Fd directory = openRoot(root)) {
            if (FileCalls.status(directory).mountId() != mount.entry().id()) {
                return false;
            }
            return MountPaths.isDeleted(below) && file.status().links() == 0
                    || leadsTo(directory, file, below) && isSureName(directory, file, below);
        } catch (KernelException e) {
            if (e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR)) {
                deletedRoot = MountPaths.withoutDeleted(root);
                return false;
            }
            throw e;
        }
    }

    /** The root at {@code root}, O_PATH; the caller owns it. */
    static Fd openRoot(UnixPath root) {
        return FileCalls.open(root, LOOK, 0);
    }

    private static boolean leadsTo(Fd root, OpenFile file, UnixPath below) {
        Optional<FileStatus> found = LongPaths.tryLinkStatus(root, below);
        return found.isPresent() && found.get().inode().equals(file.status().inode());
    }

    private boolean isSureName(Fd root, OpenFile file, UnixPath below) {
        return file.status().links() == 1 || file.status().type() == FileType.DIRECTORY
                || SameName.of(context.descriptor(file)).isThatOf(root, below);
    }
}
