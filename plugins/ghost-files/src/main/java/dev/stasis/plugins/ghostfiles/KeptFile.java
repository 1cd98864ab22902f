package dev.stasis.plugins.ghostfiles;

import com.google.protobuf.ByteString;
import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.DirectoryCalls;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.plugins.ghostfiles.proto.kept_file;
import dev.stasis.spi.Log;
import dev.stasis.spi.Problem;
import java.util.Optional;

/** A file that holds the contents of a deleted one for an image, beside where that was, under a name that nobody else uses. */
record KeptFile(UnixPath path, long inode) {
    private static final UnixPath PREFIX = UnixPath.of(".stasis-kept-");
    private static final OpenFlags LOOK = OpenFlags.PATH.with(OpenFlags.NOFOLLOW);

    static KeptFile of(kept_file entry) {
        return new KeptFile(UnixPath.of(entry.getPath().toByteArray()), entry.getIno());
    }

    /** A name for the {@code number}-th file of the image that is told by {@code image}. */
    static UnixPath name(long image, int number) {
        return UnixPath.of(PREFIX + Long.toHexString(image) + "-" + number);
    }

    kept_file entry() {
        return kept_file.newBuilder().setPath(ByteString.copyFrom(path.bytes())).setIno(inode).build();
    }

    /** The file, by O_PATH, which the caller owns; empty when it is not there, or another one is. */
    Optional<Fd> tryFind() {
        Optional<Fd> found = FileCalls.tryOpen(path, LOOK);
        if (found.isPresent() && FileCalls.status(found.get()).inode().number() != inode) {
            found.get().close();
            return Optional.empty();
        }
        return found;
    }

    /** What to tell when it is not there. */
    Problem gone(String subject) {
        return new Problem(GhostFilesErrorCode.KEPT_FILE_GONE, subject, "its contents were kept in " + path
                + " (--ghosts=relink), which an earlier restore or 'stasis images rm' took away",
                "an image made with --ghosts=relink can be restored once; dump without that for more");
    }

    /**
     * Takes it away. An image may say anything: only what has such a name is removed, and only if it is the file that is meant.
     */
    void remove(Log log) {
        if (!path.fileName().startsWith(PREFIX.toString()) || !path.isAbsolute()) {
            log.warn(path + " is not removed: no file of an image is called like that");
            return;
        }
        Optional<Fd> found = tryFind();
        if (found.isEmpty()) {
            return;
        }
        found.get().close();
        try (Fd directory = FileCalls.open(path.parent(), OpenFlags.PATH.with(OpenFlags.DIRECTORY), 0)) {
            DirectoryCalls.tryUnlink(directory, path.fileName());
        } catch (KernelException e) {
            if (!e.is(Errno.ENOENT)) {
                log.warn(path + " could not be removed: " + e.getMessage());
            }
        }
    }
}
