package dev.stasis.linux.fs;

import java.util.Arrays;

/**
 * The file system's own name of an inode: it leads to it whatever paths do, for as long as the inode exists.
 *
 * @param type what the file system means by the bytes; 0xff00 and the like for handles that only tell inodes apart
 * @param bytes at most 128
 * @see <a href="https://man7.org/linux/man-pages/man2/open_by_handle_at.2.html">open_by_handle_at(2)</a>
 */
public record FileHandle(int type, byte[] bytes) {
    /** The most bytes that a handle has (MAX_HANDLE_SZ). */
    public static final int MAX_SIZE = 128;

    public FileHandle {
        if (bytes.length > MAX_SIZE) {
            throw new IllegalArgumentException("a file handle has at most " + MAX_SIZE + " bytes, not " + bytes.length);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FileHandle that && type == that.type && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return 31 * type + Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("handle ").append(type).append(':');
        for (byte b : bytes) {
            text.append(Character.forDigit((b >> 4) & 15, 16)).append(Character.forDigit(b & 15, 16));
        }
        return text.toString();
    }
}
