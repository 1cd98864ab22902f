package dev.stasis.plugins.ghostfiles;

import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.fs.ContentCalls;
import dev.stasis.linux.fs.FileCalls;

/** Reads an image file with many short pieces in a row, of which one call of the kernel fetches hundreds. From one thread. */
final class PackReader implements AutoCloseable {
    private static final int WINDOW = 1 << 18;

    private final Fd file;
    private final long size;
    private final NativeMemory memory = NativeMemory.allocate(WINDOW);
    private long start;
    private int length;

    /** Reads {@code file}, which is owned from now on. */
    PackReader(Fd file) {
        this.file = file;
        this.size = FileCalls.status(file).size();
    }

    /** The file, borrowed. */
    Fd file() {
        return file;
    }

    /** How long it is. */
    long size() {
        return size;
    }

    /** Where {@link #read} puts what it reads. */
    NativeMemory memory() {
        return memory;
    }

    /** Whether so much may be read at once. */
    static boolean isShort(long count) {
        return count <= WINDOW / 4;
    }

    /**
     * Has {@code count} bytes from {@code place} on in {@link #memory}, and returns where there, until the next call. Throws EIO when
     * the file ends before that.
     */
    int read(long place, int count) {
        if (place < start || place + count > start + length) {
            int wanted = (int) Math.max(count, Math.min(WINDOW, size - place));
            length = 0; // until it is read
            ContentCalls.read(file, place, memory, 0, wanted);
            start = place;
            length = wanted;
        }
        return (int) (place - start);
    }

    @Override
    public void close() {
        file.close();
    }
}
