package dev.stasis.plugins.inotify;

import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileHandle;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.FileType;
import dev.stasis.linux.fs.HandleCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.notify.MarkedInode;
import dev.stasis.linux.notify.MarkedInodes;
import dev.stasis.linux.proc.InotifyMark;
import dev.stasis.linux.proc.MountEntry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whether a file is the very inode that an instance or group watches, where its number does not tell: overlayfs, without an index, and
 * FUSE make an inode for each of the hard links of a file, all with one number, and a watch is on one of them.
 */
final class WatchedInodes {
    private static final OpenFlags UNNOTICED = OpenFlags.PATH.with(OpenFlags.NOFOLLOW);

    private final Fd group;
    private final MarkSight sight;
    private final boolean isNumbered;
    private Map<Integer, MarkedInode> byPlace;

    /**
     * Of {@code group}.
     *
     * @param group an inotify instance or fanotify group, borrowed
     * @param sight what looks; null when nothing does
     * @param isNumbered whether watches have numbers; else the watch of a mark tells its place in the order of fdinfo, from 1
     */
    WatchedInodes(Fd group, MarkSight sight, boolean isNumbered) {
        this.group = group;
        this.sight = sight;
        this.isNumbered = isNumbered;
    }

    /** Whether one inode number may stand for several inodes on a file system of {@code type}. */
    static boolean isAliasing(String type) {
        return type.equals("overlay") || type.startsWith("fuse");
    }

    /** Whether it can be told of every file whether it is the one; else only of those that have no other name. */
    boolean isExact() {
        return inodes() != null;
    }

    private MarkedInodes inodes() {
        return sight == null ? null : sight.inodes();
    }

    /** The inode that {@code mark} is on; null when that is not to be seen. */
    private MarkedInode inode(InotifyMark mark) {
        if (inodes() == null) {
            return null;
        }
        if (byPlace == null) {
            byPlace = new HashMap<>();
            List<MarkedInode> all = inodes().of(group);
            for (int i = 0; i < all.size(); i++) {
                byPlace.put(isNumbered ? all.get(i).watch() : i + 1, all.get(i));
            }
        }
        MarkedInode found = byPlace.get(mark.watch().number());
        return found != null && found.number() == mark.inode() ? found : null;
    }

    /** Whether {@code file} is certainly what {@code mark} is on, the inode's number being the same. */
    boolean isOn(InotifyMark mark, Fd file, FileStatus status) {
        MarkedInode inode = inode(mark);
        if (inode != null) {
            return inodes().is(file, inode);
        }
        Optional<FileHandle> handle = mark.handle() == null ? Optional.empty() : HandleCalls.tryHandle(file);
        if (handle.isPresent() && handle.get().type() == mark.handle().type()) {
            return handle.get().equals(mark.handle());
        }
        return status.type() == FileType.DIRECTORY || status.links() <= 1;
    }

    /** Like the other, of what {@code path} leads to; false when it leads nowhere. */
    boolean isOn(InotifyMark mark, UnixPath path) {
        try (Fd file = FileCalls.open(path, UNNOTICED, 0)) {
            return isOn(mark, file, FileCalls.status(file));
        } catch (KernelException e) {
            return false;
        }
    }

    /** The path below {@code mount} that the kernel itself knows of what {@code mark} is on, tried; null when it knows none. */
    UnixPath tryPath(InotifyMark mark, MountEntry mount) {
        MarkedInode inode = inode(mark);
        UnixPath inside = inode == null ? null : inodes().path(inode).orElse(null);
        UnixPath path = inside == null ? null : onMount(inside, mount);
        return path != null && isOn(mark, path) ? path : null;
    }

    private static UnixPath onMount(UnixPath inside, MountEntry mount) {
        UnixPath root = mount.root();
        int skipped = root.length() == 1 ? 0 : root.length();
        boolean isBelow = skipped == 0 || inside.equals(root) || inside.startsWith(root + "/");
        if (!isBelow) {
            return null;
        }
        return inside.length() <= skipped + 1 ? mount.mountPoint() : mount.mountPoint().resolve(inside.dropFirst(skipped + 1));
    }
}
