package dev.stasis.plugins.ttys;

import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import java.util.Optional;

/** The terminal that this process runs in: its standard input, output or error, or else its controlling one. */
final class CurrentTerminal {
    static final UnixPath CONTROLLING = UnixPath.of("/dev/tty");
    private static final int STANDARD_FILES = 3;

    private CurrentTerminal() {}

    /** Opens it with {@code flags}; empty when there is none. Never becomes the controlling terminal of this process. */
    static Optional<Fd> open(OpenFlags flags) {
        for (int number = 0; number < STANDARD_FILES; number++) {
            Optional<Fd> file = tryOpen(UnixPath.of("/proc/self/fd/" + number), flags);
            if (file.isPresent()) {
                return file;
            }
        }
        return tryOpen(CONTROLLING, flags);
    }

    private static Optional<Fd> tryOpen(UnixPath path, OpenFlags flags) {
        // A pipe or FIFO must not be waited for, and a file not be changed, only to see that it is no terminal.
        try (Fd look = FileCalls.open(path, OpenFlags.RDONLY.with(OpenFlags.NOCTTY).with(OpenFlags.NONBLOCK), 0)) {
            return FileCalls.isTerminal(look) ? Optional.of(FileCalls.open(path, flags.with(OpenFlags.NOCTTY), 0)) : Optional.empty();
        } catch (KernelException e) {
            return Optional.empty();
        }
    }
}
