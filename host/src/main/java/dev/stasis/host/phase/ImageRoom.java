package dev.stasis.host.phase;

import dev.stasis.host.files.ImageContents;
import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileSystemCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.spi.Problem;
import java.nio.file.Path;
import java.util.Optional;

/** The room that there is for an image, on the file system where it is to be. The directory need not exist yet. */
final class ImageRoom implements AutoCloseable {
    private static final OpenFlags LOOK = OpenFlags.PATH.with(OpenFlags.DIRECTORY);

    private final Path directory;
    private final Fd nearest;

    private ImageRoom(Path directory, Fd nearest) {
        this.directory = directory;
        this.nearest = nearest;
    }

    static ImageRoom of(Path directory) {
        UnixPath step = UnixPath.of(directory.toAbsolutePath().normalize().toString());
        Optional<Fd> found = FileCalls.tryOpen(step, LOOK);
        while (found.isEmpty()) {
            step = step.parent();
            found = FileCalls.tryOpen(step, LOOK);
        }
        return new ImageRoom(directory, found.get());
    }

    /** The directory, or the nearest above it that exists; borrowed. */
    Fd nearest() {
        return nearest;
    }

    long freeBytes() {
        return FileSystemCalls.freeBytes(nearest);
    }

    /** What is wrong when {@code contents} do not fit. */
    Optional<Problem> check(ImageContents contents) {
        long free = contents.neededBytes() == 0 ? Long.MAX_VALUE : freeBytes();
        return contents.neededBytes() <= free ? Optional.empty() : Optional.of(new Problem(PhaseError.NO_ROOM,
                directory.toString(), "the contents of " + contents.inodes() + " deleted files take " + contents.neededBytes()
                + " bytes, and the file system has " + free + " left (ENOSPC)", "put the image elsewhere, or make room"));
    }

    @Override
    public void close() {
        nearest.close();
    }
}
