package dev.stasis.plugins.inotify;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.BriefStatus;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileHandle;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.FileSystemCalls;
import dev.stasis.linux.fs.HandleCalls;
import dev.stasis.linux.fs.LongPaths;
import dev.stasis.linux.fs.OpenFlags;

/** The way to what watches are on by the paths that these had, which may lead elsewhere by now. */
final class PathWay {
    private static final OpenFlags UNNOTICED = OpenFlags.PATH.with(OpenFlags.NOFOLLOW);

    private static final int FUSE = 0x65735546;

    private PathWay() {}

    /** What is now where that of {@code watch} was, O_PATH, to be closed by the caller; null when there is nothing, or no way. */
    static Fd tryOpen(Watch watch) {
        UnixPath path = watch.target().path();
        return path == null || !path.isAbsolute() ? null : open(watch);
    }

    private static Fd open(Watch watch) {
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

    /** What is to be known of {@code found}, if it is the inode that was watched; null otherwise. */
    static BriefStatus tryRecognize(Fd found, Watch watch) {
        FileStatus status = FileCalls.status(found);
        WatchTarget target = watch.target();
        boolean same = target.pseudo() || target.inode() == null
                || status.inode().number() == target.inode().number() && isSame(found, status, watch);
        return same ? BriefStatus.of(status) : null;
    }

    /** Whether {@code found}, which has the number, is not another one that got it later: that has another handle. */
    private static boolean isSame(Fd found, FileStatus status, Watch watch) {
        FileHandle handle = watch.mark().handle();
        FileHandle now = handle == null ? null : HandleCalls.tryHandle(found).orElse(null);
        if (now == null || now.type() != handle.type() || now.equals(handle)) {
            return status.inode().equals(watch.target().inode()) || now != null && now.equals(handle);
        }
        // FUSE makes a new one up whenever it finds a file anew.
        return status.inode().equals(watch.target().inode()) && FileSystemCalls.magic(found) == FUSE;
    }
}
