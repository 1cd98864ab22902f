package dev.stasis.linux.fs;

import static dev.stasis.linux.internal.Syscalls.check;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.internal.Syscalls;
import java.util.Optional;

/**
 * Finds the holes of a sparse file. Both calls move the file's position. Each throws {@link KernelException} when the kernel
 * refuses.
 */
public final class SeekCalls {
    private static final int SEEK_DATA = 3;
    private static final int SEEK_HOLE = 4;

    private SeekCalls() {}

    /** Where the next data at or behind {@code from} begins; empty when only a hole or nothing follows. @see lseek(2) SEEK_DATA */
    public static Optional<Long> nextData(Fd fd, long from) {
        long result = Syscalls.call3(SyscallNumber.LSEEK, fd.number(), from, SEEK_DATA);
        return result == -Errno.ENXIO.number() ? Optional.empty() : Optional.of(check("lseek SEEK_DATA", fd, result));
    }

    /** Where the next hole at or behind {@code from} begins; the end of the file counts as one. @see lseek(2) SEEK_HOLE */
    public static long nextHole(Fd fd, long from) {
        return check("lseek SEEK_HOLE", fd, Syscalls.call3(SyscallNumber.LSEEK, fd.number(), from, SEEK_HOLE));
    }
}
