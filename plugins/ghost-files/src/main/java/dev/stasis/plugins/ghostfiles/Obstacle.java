package dev.stasis.plugins.ghostfiles;

import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.FileType;
import dev.stasis.linux.fs.LongPaths;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.spi.Problem;
import java.util.Optional;

/**
 * What stands where a directory was that a ghost must be made in, or one above it, and is no directory: nobody can make the
 * directory again there.
 *
 * @param path where it stands
 * @param status what it is
 */
record Obstacle(UnixPath path, FileStatus status) {
    private static final OpenFlags LOOK = OpenFlags.PATH.with(OpenFlags.DIRECTORY);

    /** What is in the way of {@code directory}, an absolute path below {@code base}; empty when that is there or just gone. */
    static Optional<Obstacle> find(Fd base, UnixPath directory) {
        for (UnixPath step = directory; step.isAbsolute() && step.length() > 1; step = step.parent()) {
            Optional<FileStatus> found = status(base, step);
            if (found.isPresent()) {
                return isDirectory(base, step, found.get()) ? Optional.empty() : Optional.of(new Obstacle(step, found.get()));
            }
        }
        return Optional.empty();
    }

    /** What has the name {@code path}; empty when nothing has, or nobody can look. */
    static Optional<FileStatus> status(Fd base, UnixPath path) {
        try {
            return LongPaths.tryLinkStatus(base, path);
        } catch (KernelException e) {
            return Optional.empty();
        }
    }

    private static boolean isDirectory(Fd base, UnixPath path, FileStatus status) {
        if (status.type() != FileType.SYMLINK) {
            return status.type() == FileType.DIRECTORY;
        }
        try {
            LongPaths.open(base, path.dropFirst(1), LOOK).close();
            return true;
        } catch (KernelException e) {
            return false; // a link that leads to no directory is as much in the way as a file
        }
    }

    /** Why nothing can be made in {@code directory}. */
    String reason(UnixPath directory) {
        return "it was deleted and must be made again in the directory " + directory + ", but " + path + " is " + term()
                + " now (ENOTDIR)";
    }

    /** What the user can do. */
    String help() {
        return "rename or remove " + path;
    }

    /** That {@code subject}, which was in {@code directory}, cannot be made again. */
    Problem problem(String subject, UnixPath directory) {
        return new Problem(GhostFilesErrorCode.PARENT_OBSTRUCTED, subject, reason(directory), help());
    }

    private String term() {
        return switch (status.type()) {
            case REGULAR -> "a regular file";
            case FIFO -> "a FIFO";
            case SOCKET -> "a socket";
            case SYMLINK -> "a symbolic link that leads to no directory";
            default -> "a device node";
        };
    }
}
