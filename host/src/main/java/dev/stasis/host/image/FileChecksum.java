package dev.stasis.host.image;

import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.fs.FileCalls;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The checksum of a file, computed in steps while the file still grows. Reads through a buffer that stays in the processor's
 * cache. Any thread may take a step; steps exclude each other.
 */
final class FileChecksum {
    /** How many bytes a step reads. */
    static final int STEP = 1 << 18;

    private final Fd file;
    private final CRC32C checksum = new CRC32C();
    private NativeMemory memory;
    private long done;
    private volatile long available;

    /** Starts on {@code file}, which is borrowed, with nothing in it yet. */
    FileChecksum(Fd file) {
        this.file = file;
    }

    /** Says that the first {@code length} bytes will not change any more. */
    void available(long length) {
        available = length;
    }

    /** How many bytes wait for a step. */
    synchronized long waiting() {
        return available - done;
    }

    /** Takes the next step, if there is anything to read. Throws {@link MalformedImage} when the file is shorter than was said. */
    synchronized void step() {
        int length = (int) Math.min(STEP, available - done);
        if (length <= 0) {
            return;
        }
        if (memory == null) {
            memory = NativeMemory.allocate((int) Math.min(STEP, available));
        }
        int count = FileCalls.readAt(file, memory, length, done);
        MalformedImage.unless(count > 0, "it ends after " + done + " bytes");
        ByteBuffer read = memory.buffer();
        checksum.update(read.limit(count));
        done += count;
    }

    /** Takes all steps that are left and returns the checksum of all that was said to be available. */
    synchronized int complete() {
        while (done < available) {
            step();
        }
        memory = null;
        return (int) checksum.getValue();
    }
}
