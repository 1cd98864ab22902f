package dev.stasis.linux.fs;

import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;

/**
 * What many files of plugins begin with: the length of a message in four bytes, little-endian, then the message; contents follow.
 * From any thread.
 */
public final class FileHead {
    private FileHead() {}

    /** Writes {@code message} with its length before it to the position of {@code file}; returns how long both are. @see write(2) */
    public static int write(Fd file, byte[] message) {
        NativeMemory head = NativeMemory.allocate(Integer.BYTES + message.length);
        head.putInt(0, message.length).put(Integer.BYTES, message);
        FileCalls.write(file, head, head.size());
        return head.size();
    }

    /**
     * The message at the beginning of {@code file}, whose position is behind it then. @see pread(2)
     *
     * @param most how long it may be
     * @throws IllegalArgumentException if the file does not begin with one: the message says why
     */
    public static byte[] read(Fd file, int most) {
        NativeMemory length = NativeMemory.allocate(Integer.BYTES);
        require(FileCalls.readAt(file, length, Integer.BYTES, 0) == Integer.BYTES, "it is shorter than it should be");
        int size = length.getInt(0);
        require(size >= 0 && size <= most, "its entry would be " + Integer.toUnsignedString(size) + " bytes long");
        NativeMemory message = NativeMemory.allocate(Math.max(1, size));
        require(FileCalls.readAt(file, message, size, Integer.BYTES) == size, "it is shorter than it should be");
        FileCalls.position(file, Integer.BYTES + (long) size);
        return message.get(0, size);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
