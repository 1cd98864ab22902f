package dev.stasis.plugins.ghostfiles;

import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileSystemCalls;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.OpenFile;

/**
 * The names that NFS clients give to files that are deleted while they are open ("silly rename"): {@code .nfs}, the inode's number
 * in 16 digits, and a count in 8. They lead to the file, and nothing says that it is deleted; but the client takes them away as
 * soon as nobody has it open any more, as when the tree is killed.
 */
final class SillyName {
    private static final int NFS = 0x6969;
    private static final String PREFIX = ".nfs";
    private static final int NUMBER = 16;
    private static final int LENGTH = PREFIX.length() + NUMBER + 8;

    private SillyName() {}

    /** Whether {@code file} has such a name, on NFS. */
    static boolean isOf(OpenFile file, ClaimContext context) {
        return isOf(file) && FileSystemCalls.magic(context.descriptor(file)) == NFS;
    }

    /** Whether the name of {@code file} is one, whatever its file system. */
    static boolean isOf(OpenFile file) {
        return isOf(file.link(), file.status().inode().number());
    }

    /** Whether {@code path}, or an entry of a directory, is one for the inode {@code number}. */
    static boolean isOf(UnixPath path, long number) {
        int start = path.length() - LENGTH;
        if (start < 0) {
            return false;
        }
        byte[] bytes = path.bytes();
        return (start == 0 || bytes[start - 1] == '/') && isPrefix(bytes, start)
                && isHexadecimal(bytes, start + PREFIX.length()) && isNumber(bytes, start + PREFIX.length(), number);
    }

    private static boolean isPrefix(byte[] bytes, int start) {
        boolean same = true;
        for (int i = 0; i < PREFIX.length(); i++) {
            same &= bytes[start + i] == PREFIX.charAt(i);
        }
        return same;
    }

    private static boolean isHexadecimal(byte[] bytes, int start) {
        boolean all = true;
        for (int i = start; i < bytes.length; i++) {
            all &= bytes[i] >= '0' && bytes[i] <= '9' || bytes[i] >= 'a' && bytes[i] <= 'f';
        }
        return all;
    }

    /** A client that was told to have short numbers (nfs.enable_ino64=0) shows both halves as one. */
    private static boolean isNumber(byte[] bytes, int start, long number) {
        long named = 0;
        for (int i = start; i < start + NUMBER; i++) {
            named = named << 4 | Character.digit(bytes[i], 16);
        }
        return named == number || ((named ^ named >>> 32) & 0xffffffffL) == number;
    }
}
