package dev.stasis.linux.fs;

import static dev.stasis.linux.internal.Syscalls.check;

import dev.stasis.linux.DeviceNumber;
import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.InodeId;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.internal.Scratch;
import dev.stasis.linux.internal.Syscalls;
import java.util.Optional;

/**
 * Calls on files of this process. Each throws {@link KernelException} when the kernel refuses; the {@code try...} twins
 * return an empty value for the refusals they name. Interrupted calls (EINTR) are not repeated here.
 */
public final class FileCalls {
    static final int AT_FDCWD = -100;
    static final int AT_SYMLINK_NOFOLLOW = 0x100;
    static final int AT_EMPTY_PATH = 0x1000;
    private static final UnixPath ITSELF = UnixPath.of("");
    private static final int STATX_BTIME = 0x800;
    /** STATX_BASIC_STATS, STATX_BTIME and STATX_MNT_ID. */
    static final int STATX_ASKED = 0x7ff | STATX_BTIME | 0x1000;
    /** What a {@link BriefStatus} has: STATX_TYPE, STATX_MODE, STATX_CTIME and STATX_INO. */
    static final int STATX_BRIEF = 0x183;
    private static final int STATX_SIZE = 256;
    private static final int PATH_MAX = 4096;
    private static final DeviceNumber NO_DEVICE = new DeviceNumber(0, 0);

    private FileCalls() {}

    /** Opens {@code path}; O_CLOEXEC is added. @see open(2) */
    public static Fd open(UnixPath path, OpenFlags flags, int mode) {
        Scratch scratch = Scratch.take();
        return Fd.own((int) check("open", path, Syscalls.call4(SyscallNumber.OPENAT, AT_FDCWD, scratch.path(path),
                flags.with(OpenFlags.CLOEXEC).bits(), mode)));
    }

    /** Opens {@code path} as seen from {@code directory}; O_CLOEXEC is added. @see openat(2) */
    public static Fd openAt(Fd directory, UnixPath path, OpenFlags flags, int mode) {
        Scratch scratch = Scratch.take();
        return Fd.own((int) check("openat", path, Syscalls.call4(SyscallNumber.OPENAT, directory.number(), scratch.path(path),
                flags.with(OpenFlags.CLOEXEC).bits(), mode)));
    }

    /** Opens {@code path} for as long as it exists: empty when there is no such file (ENOENT, ENOTDIR). @see open(2) */
    public static Optional<Fd> tryOpen(UnixPath path, OpenFlags flags) {
        Scratch scratch = Scratch.take();
        long fd = Syscalls.call4(SyscallNumber.OPENAT, AT_FDCWD, scratch.path(path), flags.with(OpenFlags.CLOEXEC).bits(), 0);
        if (isMissing(fd)) {
            return Optional.empty();
        }
        return Optional.of(Fd.own((int) check("open", path, fd)));
    }

    /** What {@code fd} refers to. @see statx(2) with AT_EMPTY_PATH */
    public static FileStatus status(Fd fd) {
        Scratch scratch = Scratch.take();
        int offset = scratch.reserve(STATX_SIZE);
        check("statx", fd, Syscalls.call5(SyscallNumber.STATX, fd.number(), scratch.path(ITSELF), AT_EMPTY_PATH,
                STATX_ASKED, scratch.address(offset)));
        return decodeStatx(scratch.memory(), offset);
    }

    /** The little that shows whether what {@code fd} refers to is the same as before. @see statx(2) with AT_EMPTY_PATH */
    public static BriefStatus briefStatus(Fd fd) {
        Scratch scratch = Scratch.take();
        int offset = scratch.reserve(STATX_SIZE);
        check("statx", fd, Syscalls.call5(SyscallNumber.STATX, fd.number(), scratch.path(ITSELF), AT_EMPTY_PATH,
                STATX_BRIEF, scratch.address(offset)));
        NativeMemory memory = scratch.memory();
        return new BriefStatus(memory.getShort(offset + 28) & 0xffff, memory.getLong(offset + 32), timestamp(memory, offset + 96));
    }

    /** What {@code path} leads to, its last component not followed if it is a symbolic link; empty if nothing. */
    public static Optional<FileStatus> tryLinkStatus(UnixPath path) {
        return tryStatus(path, AT_SYMLINK_NOFOLLOW);
    }

    /** What {@code path} leads to as seen from {@code directory}, its last component not followed; empty if nothing. @see statx(2) */
    public static Optional<FileStatus> tryLinkStatusAt(Fd directory, UnixPath path) {
        return tryStatus(directory.number(), path, AT_SYMLINK_NOFOLLOW);
    }

    /** What {@code path} leads to, links followed; empty if nothing. @see statx(2) */
    public static Optional<FileStatus> tryStatus(UnixPath path) {
        return tryStatus(path, 0);
    }

    private static Optional<FileStatus> tryStatus(UnixPath path, int flags) {
        return tryStatus(AT_FDCWD, path, flags);
    }

    private static Optional<FileStatus> tryStatus(int directory, UnixPath path, int flags) {
        Scratch scratch = Scratch.take();
        int offset = scratch.reserve(STATX_SIZE);
        long result = Syscalls.call5(SyscallNumber.STATX, directory, scratch.path(path), flags, STATX_ASKED,
                scratch.address(offset));
        if (isMissing(result)) {
            return Optional.empty();
        }
        check("statx", path, result);
        return Optional.of(decodeStatx(scratch.memory(), offset));
    }

    private static boolean isMissing(long result) {
        return result == -Errno.ENOENT.number() || result == -Errno.ENOTDIR.number();
    }

    static FileStatus decodeStatx(NativeMemory memory, int at) {
        InodeId inode = new InodeId(new DeviceNumber(memory.getInt(at + 136), memory.getInt(at + 140)), memory.getLong(at + 32));
        Timestamp modified = timestamp(memory, at + 112);
        Timestamp changed = timestamp(memory, at + 96);
        return new FileStatus(
                memory.getInt(at + 28) & 0xffff,
                inode,
                memory.getLong(at + 144),
                memory.getInt(at + 16),
                memory.getInt(at + 20),
                memory.getInt(at + 24),
                memory.getLong(at + 40),
                memory.getLong(at + 48),
                memory.getLong(at + 128) == 0 ? NO_DEVICE : new DeviceNumber(memory.getInt(at + 128), memory.getInt(at + 132)),
                timestamp(memory, at + 64),
                modified,
                // Mostly the same time; of ten thousand files one object each is worth sparing.
                changed.equals(modified) ? modified : changed,
                born(memory, at, modified));
    }

    private static Timestamp born(NativeMemory memory, int at, Timestamp modified) {
        if ((memory.getInt(at) & STATX_BTIME) == 0) {
            return null;
        }
        Timestamp born = timestamp(memory, at + 80);
        return born.equals(modified) ? modified : born;
    }

    /** Whether the two answers of statx tell of one inode reached through one mount. */
    static boolean isSameFile(NativeMemory memory, int one, int other) {
        return memory.getLong(one + 32) == memory.getLong(other + 32) && memory.getLong(one + 136) == memory.getLong(other + 136)
                && memory.getLong(one + 144) == memory.getLong(other + 144);
    }

    private static Timestamp timestamp(NativeMemory memory, int at) {
        return new Timestamp(memory.getLong(at), memory.getInt(at + 8));
    }

    /** Reads up to {@code length} bytes at the file's position. @see read(2) */
    public static byte[] read(Fd fd, int length) {
        NativeMemory memory = NativeMemory.allocate(length);
        long count = check("read", fd, Syscalls.call3(SyscallNumber.READ, fd.number(), memory.address(), length));
        return memory.get(0, (int) count);
    }

    /** Reads up to {@code length} bytes at {@code position} into {@code memory}; returns how many, 0 at the end. @see pread(2) */
    public static int readAt(Fd fd, NativeMemory memory, int length, long position) {
        return (int) check("pread", fd,
                Syscalls.call4(SyscallNumber.PREAD64, fd.number(), memory.address(), Math.min(length, memory.size()), position));
    }

    /** Writes all of {@code bytes} at the file's position, in as many calls as it takes. @see write(2) */
    public static void write(Fd fd, byte[] bytes) {
        NativeMemory memory = NativeMemory.allocate(bytes.length).put(0, bytes);
        long done = 0;
        while (done < bytes.length) {
            done += check("write", fd,
                    Syscalls.call3(SyscallNumber.WRITE, fd.number(), memory.address() + done, bytes.length - done));
        }
    }

    /** Writes the first {@code length} bytes of {@code memory} at the file's position, in as many calls as it takes. @see write(2) */
    public static void write(Fd fd, NativeMemory memory, int length) {
        long done = 0;
        while (done < length) {
            done += check("write", fd,
                    Syscalls.call3(SyscallNumber.WRITE, fd.number(), memory.address() + done, length - done));
        }
    }

    /** Writes {@code length} bytes of {@code memory} at {@code position}; returns how many were. @see pwrite(2) */
    public static int writeAt(Fd fd, NativeMemory memory, int length, long position) {
        return (int) check("pwrite", fd,
                Syscalls.call4(SyscallNumber.PWRITE64, fd.number(), memory.address(), Math.min(length, memory.size()), position));
    }

    /** The position of the open file description; empty for files that have none (ESPIPE). @see lseek(2) */
    public static Optional<Long> tryPosition(Fd fd) {
        long result = Syscalls.call3(SyscallNumber.LSEEK, fd.number(), 0, 1);
        return result == -Errno.ESPIPE.number() ? Optional.empty() : Optional.of(check("lseek", fd, result));
    }

    /** Moves the position to {@code position} bytes from the start. @see lseek(2) */
    public static void position(Fd fd, long position) {
        check("lseek", fd, Syscalls.call3(SyscallNumber.LSEEK, fd.number(), position, 0));
    }

    /** The access mode and status flags of the open file description. @see fcntl(2) F_GETFL */
    public static OpenFlags flags(Fd fd) {
        return new OpenFlags((int) check("fcntl F_GETFL", fd, Syscalls.call3(SyscallNumber.FCNTL, fd.number(), 3, 0)));
    }

    /** Sets the status flags that can be set afterwards (append, nonblock, async, direct, noatime). @see fcntl(2) F_SETFL */
    public static void flags(Fd fd, OpenFlags flags) {
        check("fcntl F_SETFL", fd, Syscalls.call3(SyscallNumber.FCNTL, fd.number(), 4, flags.bits()));
    }

    /** Whether descriptor {@code number} of this process is closed across execve(2); empty when there is none (EBADF). @see fcntl(2) F_GETFD */
    public static Optional<Boolean> tryCloseOnExec(int number) {
        long flags = Syscalls.call3(SyscallNumber.FCNTL, number, 1, 0);
        if (flags == -Errno.EBADF.number()) {
            return Optional.empty();
        }
        return Optional.of((check("fcntl F_GETFD", number, flags) & 1) != 0);
    }

    /** Sets whether {@code fd} is closed across execve(2). @see fcntl(2) F_SETFD */
    public static void closeOnExec(Fd fd, boolean close) {
        check("fcntl F_SETFD", fd, Syscalls.call3(SyscallNumber.FCNTL, fd.number(), 2, close ? 1 : 0));
    }

    /** Where the symbolic link {@code path} points; throws ENAMETOOLONG for a target beyond 4095 bytes. @see readlink(2) */
    public static UnixPath readLink(UnixPath path) {
        Scratch scratch = Scratch.take();
        int offset = scratch.reserve(PATH_MAX);
        long length = check("readlink", path, Syscalls.call4(SyscallNumber.READLINKAT, AT_FDCWD, scratch.path(path),
                scratch.address(offset), PATH_MAX));
        return UnixPath.of(scratch.memory().get(offset, (int) length));
    }

    /** Where {@code fd} leads as /proc/self/fd tells; throws ENAMETOOLONG for a path beyond 4095 bytes. @see readlink(2) */
    public static UnixPath link(Fd fd) {
        Scratch scratch = Scratch.take();
        int offset = scratch.reserve(PATH_MAX);
        long length = check("readlink", fd, Syscalls.call4(SyscallNumber.READLINKAT, AT_FDCWD, scratch.ownDescriptor(fd.number()),
                scratch.address(offset), PATH_MAX));
        return UnixPath.of(scratch.memory().get(offset, (int) length));
    }

    /** Makes an anonymous file in memory, named {@code name} for people. @see memfd_create(2) */
    public static Fd memfd(String name) {
        Scratch scratch = Scratch.take();
        return Fd.own((int) check("memfd_create", name,
                Syscalls.call2(SyscallNumber.MEMFD_CREATE, scratch.path(UnixPath.of(name)), 1)));
    }

    /** Whether {@code fd} is a terminal. @see ioctl_tty(2) TCGETS */
    public static boolean isTerminal(Fd fd) {
        Scratch scratch = Scratch.take();
        int offset = scratch.reserve(64);
        return Syscalls.call3(SyscallNumber.IOCTL, fd.number(), 0x5401, scratch.address(offset)) == 0;
    }
}
