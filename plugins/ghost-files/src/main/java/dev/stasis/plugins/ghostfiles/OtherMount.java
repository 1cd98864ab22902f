package dev.stasis.plugins.ghostfiles;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileHandle;
import dev.stasis.linux.fs.HandleCalls;
import dev.stasis.linux.fs.HandleMount;
import dev.stasis.linux.fs.LongPaths;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.util.Optional;

/** Opens a ghost, which has no name any more, through another mount of its file system than the one on which it was made. */
final class OtherMount {
    private static final OpenFlags DIRECTORY = OpenFlags.PATH.with(OpenFlags.DIRECTORY);

    private OtherMount() {}

    /** The ghost {@code made} through the mount of {@code record}, below {@code base}; by O_PATH, owned by the caller. */
    static Fd open(FileRecord record, Fd base, Fd made) {
        Optional<FileHandle> handle = HandleCalls.tryHandle(made);
        if (handle.isPresent()) {
            try (Fd directory = nearest(base, GhostBirth.relative(record).parent());
                    HandleMount door = HandleMount.enter(directory)) {
                Optional<Fd> found = door.tryFind(handle.get());
                if (found.isPresent()) {
                    return found.get();
                }
            }
        }
        throw new StasisException(new Problem(GhostFilesErrorCode.OTHER_NAME_GONE, GhostPlan.subject(record),
                "it was open through several mounts, and its file system has no handles by which a file without a name is found on"
                        + " another mount", ""));
    }

    /** The directory {@code directory} below {@code base} or the nearest above it that exists, by O_PATH; the caller owns it. */
    static Fd nearest(Fd base, UnixPath directory) {
        try {
            return LongPaths.open(base, directory.length() == 0 ? UnixPath.of(".") : directory, DIRECTORY);
        } catch (KernelException e) {
            if (!e.is(Errno.ENOENT) || directory.equals(UnixPath.of("."))) {
                throw e;
            }
            return nearest(base, directory.parent());
        }
    }

    /** What {@link #nearest} is called from {@code base}. */
    static UnixPath existing(Fd base, UnixPath directory) {
        UnixPath step = directory.length() == 0 ? UnixPath.of(".") : directory;
        while (!step.equals(UnixPath.of(".")) && LongPaths.tryLinkStatus(base, step).isEmpty()) {
            step = step.parent();
        }
        return step;
    }
}
