package dev.stasis.linux.fs;

import static dev.stasis.linux.internal.Syscalls.check;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.internal.Syscalls;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * Paths of any length. The kernel takes and gives at most 4095 bytes at once; longer paths are opened piece by piece, and
 * found through what has no such limit.
 */
public final class LongPaths {
    /** The longest path that the kernel takes in one call, in bytes. */
    public static final int ONE_CALL = 4095;

    private static final OpenFlags STEP = OpenFlags.PATH.with(OpenFlags.DIRECTORY);

    private LongPaths() {}

    /** Opens {@code path}, relative to {@code base} unless it is absolute; the caller owns the descriptor. @see openat(2) */
    public static Fd open(Fd base, UnixPath path, OpenFlags flags) {
        if (path.length() <= ONE_CALL) {
            return FileCalls.openAt(base, path, flags, 0);
        }
        int cut = cut(path);
        try (Fd step = FileCalls.openAt(base, path.dropLast(path.length() - cut), STEP, 0)) {
            return open(step, path.dropFirst(cut + 1), flags);
        }
    }

    /**
     * What the absolute {@code path} leads to, its last component not followed if it is a symbolic link; empty if nothing.
     * @see statx(2)
     */
    public static Optional<FileStatus> tryLinkStatus(UnixPath path) {
        if (path.length() <= ONE_CALL) {
            return FileCalls.tryLinkStatus(path);
        }
        try (Fd root = FileCalls.open(UnixPath.of("/"), STEP, 0);
                Fd file = open(root, path, OpenFlags.PATH.with(OpenFlags.NOFOLLOW))) {
            return Optional.of(FileCalls.status(file));
        } catch (KernelException e) {
            if (e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * What {@code path} leads to below {@code base}, where an absolute path begins too; its last component is not followed if
     * it is a symbolic link. Empty if nothing. @see statx(2)
     */
    public static Optional<FileStatus> tryLinkStatus(Fd base, UnixPath path) {
        int start = path.isAbsolute() ? 1 : 0;
        if (path.length() == start) {
            return Optional.of(FileCalls.status(base));
        }
        if (path.length() - start <= ONE_CALL) {
            return FileCalls.tryLinkStatusAt(base, path.dropFirst(start));
        }
        try (Fd file = open(base, path.dropFirst(start), OpenFlags.PATH.with(OpenFlags.NOFOLLOW))) {
            return Optional.of(FileCalls.status(file));
        } catch (KernelException e) {
            if (e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static int cut(UnixPath path) {
        byte[] bytes = path.bytes();
        int cut = ONE_CALL;
        while (cut > 0 && bytes[cut] != '/') {
            cut--;
        }
        if (cut == 0) {
            throw new KernelException("open", path, Errno.ENAMETOOLONG);
        }
        return cut;
    }

    /**
     * The path of {@code file} as /proc would show it if its links had room for it. Throws ENAMETOOLONG for what is neither
     * a directory nor a file that can be mapped. Looking for it has one effect: a regular file without read access is
     * opened once more (an IN_OPEN event).
     */
    public static UnixPath of(Fd file) {
        FileType type = FileCalls.status(file).type();
        if (type == FileType.DIRECTORY) {
            return climb(file);
        }
        if (type != FileType.REGULAR) {
            throw new KernelException("readlink", file, Errno.ENAMETOOLONG);
        }
        return FileCalls.flags(file).accessMode().reads() ? mapped(file) : mappedAnew(file);
    }

    private static UnixPath mappedAnew(Fd file) {
        try (Fd readable = FileCalls.open(UnixPath.of("/proc/self/fd/" + file.number()), OpenFlags.RDONLY, 0)) {
            return mapped(readable);
        }
    }

    /** A mapping of the file shows its whole path in /proc/self/maps: that file grows with its longest line. */
    private static UnixPath mapped(Fd file) {
        int page = 4096;
        long address = check("mmap", file, Syscalls.call6(SyscallNumber.MMAP, 0, page, 0, 1, file.number(), 0));
        try (Fd maps = FileCalls.open(UnixPath.of("/proc/self/maps"), OpenFlags.RDONLY, 0)) {
            return pathOfLine(readAll(maps), address, file);
        } finally {
            Syscalls.call2(SyscallNumber.MUNMAP, address, page);
        }
    }

    private static UnixPath pathOfLine(byte[] maps, long address, Fd file) {
        byte[] start = (Long.toHexString(address) + "-").getBytes(StandardCharsets.US_ASCII);
        int line = 0;
        while (line < maps.length) {
            int end = line;
            while (end < maps.length && maps[end] != '\n') {
                end++;
            }
            if (Arrays.equals(maps, line, Math.min(line + start.length, end), start, 0, start.length)) {
                int path = line;
                while (path < end && maps[path] != '/') {
                    path++;
                }
                return unescaped(Arrays.copyOfRange(maps, path, end), file);
            }
            line = end + 1;
        }
        throw new KernelException("readlink", file, Errno.ENAMETOOLONG);
    }

    /** maps writes a line feed as \012, and a backslash as it is; so both readings are tried. */
    private static UnixPath unescaped(byte[] shown, Fd file) {
        byte[] bytes = new byte[shown.length];
        int length = 0;
        for (int i = 0; i < shown.length; i++) {
            boolean lineFeed = shown[i] == '\\' && i + 3 < shown.length && shown[i + 1] == '0' && shown[i + 2] == '1'
                    && shown[i + 3] == '2';
            bytes[length++] = lineFeed ? (byte) '\n' : shown[i];
            i += lineFeed ? 3 : 0;
        }
        UnixPath literal = UnixPath.of(shown);
        UnixPath unescaped = UnixPath.of(Arrays.copyOf(bytes, length));
        Optional<FileStatus> found = length == shown.length ? Optional.empty() : tryLinkStatus(literal);
        return found.isPresent() && found.get().inode().equals(FileCalls.status(file).inode()) ? literal : unescaped;
    }

    private static byte[] readAll(Fd file) {
        byte[] all = new byte[0];
        for (byte[] piece = FileCalls.read(file, 1 << 16); piece.length > 0; piece = FileCalls.read(file, 1 << 16)) {
            int length = all.length;
            all = Arrays.copyOf(all, length + piece.length);
            System.arraycopy(piece, 0, all, length, piece.length);
        }
        return all;
    }

    /**
     * Climbs to the parent until its path is short enough for /proc; the names passed on the way are found by looking for
     * the child's inode in its parent.
     */
    private static UnixPath climb(Fd directory) {
        try {
            return FileCalls.readLink(UnixPath.of("/proc/self/fd/" + directory.number()));
        } catch (KernelException e) {
            if (!e.is(Errno.ENAMETOOLONG)) {
                throw e;
            }
        }
        try (Fd parent = FileCalls.openAt(directory, UnixPath.of(".."), STEP, 0)) {
            return climb(parent).resolve(DirectoryEntries.nameOf(parent, directory));
        }
    }
}
