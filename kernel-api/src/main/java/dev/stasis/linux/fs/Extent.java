package dev.stasis.linux.fs;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Bytes of a file in a row that are no hole.
 *
 * @param offset of the first
 * @param length how many
 */
public record Extent(long offset, long length) {

    /**
     * All there are in the first {@code size} bytes of {@code file}, in order; where the file system does not tell of holes, one
     * that is all of it. Moves the position. @see lseek(2) SEEK_DATA
     */
    public static List<Extent> of(Fd file, long size) {
        List<Extent> extents = new ArrayList<>(1);
        OptionalLong data = size == 0 ? OptionalLong.empty() : nextData(file, 0);
        while (data.isPresent() && data.getAsLong() < size) {
            long end = Math.min(size, ContentCalls.nextHole(file, data.getAsLong()));
            extents.add(new Extent(data.getAsLong(), end - data.getAsLong()));
            data = end < size ? nextData(file, end) : OptionalLong.empty();
        }
        return extents;
    }

    private static OptionalLong nextData(Fd file, long offset) {
        try {
            return ContentCalls.nextData(file, offset);
        } catch (KernelException e) {
            if (e.is(Errno.EINVAL)) {
                return OptionalLong.of(offset);
            }
            throw e;
        }
    }
}
