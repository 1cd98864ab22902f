package dev.stasis.host.cli;

import dev.stasis.linux.Errno;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.DirectoryCalls;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.nio.file.Path;

/** The file of {@code -o}. Made before anything else, so that a log that cannot be written is told while nothing is done. */
final class LogFile {
    private static final int PRIVATE_DIRECTORY = 0700;
    private static final int PRIVATE_FILE = 0600;
    private static final OpenFlags CREATE = OpenFlags.WRONLY.with(OpenFlags.CREAT).with(OpenFlags.TRUNC);

    private LogFile() {}

    private static boolean isWithin(Path images, Path file) {
        Path directory = file.toAbsolutePath().normalize().getParent();
        return directory != null && directory.equals(images.toAbsolutePath().normalize());
    }

    /** Makes {@code name}, empty, relative to {@code images}, which is made when missing. Both are for their owner only. */
    static Path create(Path images, String name) {
        Path file = images.resolve(name);
        if (isWithin(images, file) && !name.endsWith(".log")) {
            throw new UsageException("-o " + name + ": in the image directory the name of a log ends with .log, as none of an image does");
        }
        try {
            if (!Path.of(name).isAbsolute()) {
                DirectoryCalls.tryMake(UnixPath.of(images.toString()), PRIVATE_DIRECTORY);
            }
            FileCalls.open(UnixPath.of(file.toString()), CREATE, PRIVATE_FILE).close();
            return file;
        } catch (KernelException e) {
            throw new StasisException(new Problem(CliError.CANNOT_WRITE, file.toString(),
                    "the log cannot be written: " + e.errno(), e.is(Errno.ENOENT) ? "make its directory" : "choose another -o"), e);
        }
    }
}
