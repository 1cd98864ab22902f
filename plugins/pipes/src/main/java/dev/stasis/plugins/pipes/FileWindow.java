package dev.stasis.plugins.pipes;

import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.fs.FileCalls;

/** A page or more of a file at a time: entries that stand close together are read at once, and what is between others is not. */
final class FileWindow {
    private static final int PAGE = 4096;

    private final Fd file;
    private NativeMemory memory = NativeMemory.allocate(PAGE);
    private long start;
    private int filled;

    /** Of {@code file}, which is borrowed. */
    FileWindow(Fd file) {
        this.file = file;
    }

    /** Whether the file has {@code length} bytes at {@code at}; they can be asked for then. */
    boolean holds(long at, int length) {
        if (at >= start && at + length <= start + filled) {
            return true;
        }
        if (memory.size() < length) {
            memory = NativeMemory.allocate(length);
        }
        start = at;
        filled = FileCalls.readAt(file, memory, memory.size(), at);
        return filled >= length;
    }

    /** The word at {@code at}, little-endian. */
    int word(long at) {
        return memory.getInt((int) (at - start));
    }

    /** The {@code length} bytes at {@code at}. */
    byte[] bytes(long at, int length) {
        return memory.get((int) (at - start), length);
    }
}
