package dev.stasis.plugins.ghostfiles;

import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.FileType;
import dev.stasis.spi.DumpContext;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.StasisException;
import java.util.Optional;

/** Whether the directories of lost names are there still; many are of one, which is looked for once. */
final class LostDirectories {
    /** A directory that was found below {@link #below} by {@link #dump}. */
    private UnixPath present;
    private Fd below;
    private DumpContext dump;

    /** Whether the directory of {@code file} is gone; throws {@link StasisException} when something else has its name. */
    boolean isGone(OpenFile file, DumpContext context) {
        UnixPath directory = LostName.of(file).parent();
        try {
            return !directory.isAbsolute() || isGone(context, context.base(file), directory, file);
        } catch (KernelException e) {
            return true;
        }
    }

    private boolean isGone(DumpContext context, Fd base, UnixPath directory, OpenFile file) {
        if (context == dump && base == below && directory.equals(present)) {
            return false;
        }
        if (isGone(base, directory, file)) {
            return true;
        }
        dump = context;
        below = base;
        present = directory;
        return false;
    }

    private static boolean isGone(Fd base, UnixPath directory, OpenFile file) {
        Optional<FileStatus> found = Obstacle.status(base, directory);
        if (found.isPresent() && found.get().type() == FileType.DIRECTORY) {
            return false;
        }
        Optional<Obstacle> obstacle = Obstacle.find(base, directory);
        if (obstacle.isPresent()) {
            throw new StasisException(obstacle.get().problem(file.toString(), directory));
        }
        return found.isEmpty();
    }
}
