package dev.stasis.linux.fs;

import static dev.stasis.linux.internal.Syscalls.check;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.internal.Scratch;
import dev.stasis.linux.internal.Syscalls;
import java.util.OptionalLong;

/** Calls that move the contents of files about, holes left out, without bringing them into this process. */
public final class ContentCalls {
    private static final int SEEK_DATA = 3;
    private static final int SEEK_HOLE = 4;
    private static final long AT_ONCE = 1L << 30;
    private static final int FALLOC_FL_KEEP_SIZE = 1;
    private static final int FICLONE = 0x40049409;

    private ContentCalls() {}

    /** Makes the first {@code length} bytes of {@code file} a hole; its size stays. @see fallocate(2) FALLOC_FL_PUNCH_HOLE */
    public static void clear(Fd file, long length) {
        check("fallocate", file, Syscalls.call4(SyscallNumber.FALLOCATE, file.number(), 3, 0, length));
    }

    /** Where data starts at or behind {@code offset}; empty when only a hole follows. Moves the position. @see lseek(2) */
    public static OptionalLong nextData(Fd file, long offset) {
        long data = Syscalls.call3(SyscallNumber.LSEEK, file.number(), offset, SEEK_DATA);
        return data == -Errno.ENXIO.number() ? OptionalLong.empty() : OptionalLong.of(check("lseek SEEK_DATA", file, data));
    }

    /** Where the data at {@code offset} ends: at a hole or at the end of the file. Moves the position. @see lseek(2) */
    public static long nextHole(Fd file, long offset) {
        return check("lseek SEEK_HOLE", file, Syscalls.call3(SyscallNumber.LSEEK, file.number(), offset, SEEK_HOLE));
    }

    /**
     * Copies {@code length} bytes of {@code from}, starting at {@code offset}, to the position of {@code to}. Throws EIO when
     * {@code from} ends before that. @see sendfile(2)
     */
    public static void copy(Fd from, long offset, Fd to, long length) {
        long left = length;
        long at = offset;
        while (left > 0) {
            Scratch scratch = Scratch.take();
            int place = scratch.reserve(8);
            scratch.memory().putLong(place, at);
            long done = check("sendfile", from, Syscalls.call4(SyscallNumber.SENDFILE, to.number(), from.number(),
                    scratch.address(place), Math.min(left, AT_ONCE)));
            if (done == 0) {
                throw new KernelException("sendfile", from, Errno.EIO);
            }
            at += done;
            left -= done;
        }
    }

    /**
     * Copies {@code length} bytes from {@code offset} of {@code from} to {@code place} of {@code to}, in the kernel, or by
     * letting both share the bytes where the file system can. Throws EIO when {@code from} ends before that. May move the
     * position of {@code to}. @see copy_file_range(2)
     */
    public static void copy(Fd from, long offset, Fd to, long place, long length) {
        long done = 0;
        while (done < length) {
            Scratch scratch = Scratch.take();
            int at = scratch.reserve(16);
            scratch.memory().putLong(at, offset + done).putLong(at + 8, place + done);
            long count = Syscalls.call6(SyscallNumber.COPY_FILE_RANGE, from.number(), scratch.address(at), to.number(),
                    scratch.address(at + 8), Math.min(length - done, AT_ONCE), 0);
            if (count == 0 || isNotForThese(count)) {
                FileCalls.position(to, place + done);
                copy(from, offset + done, to, length - done);
                return;
            }
            done += check("copy_file_range", from, count);
        }
    }

    private static boolean isNotForThese(long result) {
        return result == -Errno.EXDEV.number() || result == -Errno.EINVAL.number() || result == -Errno.ENOSYS.number()
                || result == -Errno.EOPNOTSUPP.number();
    }

    /**
     * Reads {@code length} bytes from {@code offset} of {@code from} to {@code at} of {@code memory}. Throws EIO when
     * {@code from} ends before that. @see pread(2)
     */
    public static void read(Fd from, long offset, NativeMemory memory, int at, int length) {
        move("pread", SyscallNumber.PREAD64, from, offset, memory, at, length);
    }

    /** Writes {@code length} bytes of {@code memory}, those from {@code at} on, to {@code offset} of {@code to}. @see pwrite(2) */
    public static void write(NativeMemory memory, int at, int length, Fd to, long offset) {
        move("pwrite", SyscallNumber.PWRITE64, to, offset, memory, at, length);
    }

    private static void move(String call, int number, Fd file, long offset, NativeMemory memory, int at, int length) {
        if (at < 0 || length < 0 || at > memory.size() - length) {
            throw new IndexOutOfBoundsException(length + " bytes at " + at + " of " + memory.size());
        }
        int done = 0;
        while (done < length) {
            long count = check(call, file,
                    Syscalls.call4(number, file.number(), memory.address() + at + done, length - done, offset + done));
            if (count == 0) {
                throw new KernelException(call, file, Errno.EIO);
            }
            done += (int) count;
        }
    }

    /**
     * Makes {@code to}, which is empty, a file of the same blocks as {@code from}, whole; false where the file system cannot, or the
     * two are on different ones. @see ioctl_ficlone(2)
     */
    public static boolean tryClone(Fd from, Fd to) {
        long result = Syscalls.call3(SyscallNumber.IOCTL, to.number(), FICLONE, from.number());
        if (isNotForThese(result) || result == -Errno.ENOTTY.number()) {
            return false;
        }
        check("ioctl FICLONE", from, result);
        return true;
    }

    /**
     * Has the file system set {@code length} bytes from the start of {@code file} aside, so that writing there takes less later; its
     * size stays. What was set aside beyond its end is given back by {@link #resize}. False where the file system cannot, or has not
     * as much. @see fallocate(2) FALLOC_FL_KEEP_SIZE
     */
    public static boolean tryReserve(Fd file, long length) {
        return Syscalls.call4(SyscallNumber.FALLOCATE, file.number(), FALLOC_FL_KEEP_SIZE, 0, length) == 0;
    }

    /** Makes the file {@code size} bytes long, with a hole at the end when it grows. @see ftruncate(2) */
    public static void resize(Fd file, long size) {
        check("ftruncate", file, Syscalls.call2(SyscallNumber.FTRUNCATE, file.number(), size));
    }
}
