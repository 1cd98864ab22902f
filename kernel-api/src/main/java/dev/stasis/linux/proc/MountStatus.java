package dev.stasis.linux.proc;

import static dev.stasis.linux.internal.Syscalls.check;

import dev.stasis.linux.DeviceNumber;
import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.internal.Scratch;
import dev.stasis.linux.internal.Syscalls;
import java.util.Arrays;
import java.util.Optional;

/**
 * What the kernel tells of the mount that a descriptor was opened on, also of one that is in no namespace any more.
 *
 * @param device of its file system
 * @param root the directory (or file) of the file system that is mounted; ends in "//deleted" when that was deleted
 * @see <a href="https://man7.org/linux/man-pages/man2/statmount.2.html">statmount(2)</a>
 */
public record MountStatus(DeviceNumber device, UnixPath root) {
    private static final int BY_FD = 1;
    private static final long SB_BASIC_AND_ROOT = 0x1 | 0x8;
    private static final int REQUEST_SIZE = 32;
    private static final int HEAD = 512;
    private static final int ANSWER_SIZE = HEAD + 8192;

    /** The mount of {@code file}; empty where the kernel does not tell by descriptor (before 7.0: EINVAL, ENOSYS). */
    public static Optional<MountStatus> tryOf(Fd file) {
        return ask(file, file.number(), 0, BY_FD);
    }

    /** The same of a mount in sight, which older kernels tell too. */
    static Optional<MountStatus> ofVisible(Fd file) {
        int statx = 256;
        Scratch scratch = Scratch.take();
        int at = scratch.reserve(statx);
        check("statx", file, Syscalls.call5(SyscallNumber.STATX, file.number(), scratch.path(UnixPath.of("")), 0x1000, 0x4000,
                scratch.address(at)));
        return ask(file, 0, scratch.memory().getLong(at + 144), 0);
    }

    private static Optional<MountStatus> ask(Fd file, int descriptor, long mount, int flags) {
        NativeMemory memory = NativeMemory.allocate(REQUEST_SIZE + ANSWER_SIZE);
        memory.put(0, new byte[REQUEST_SIZE]);
        memory.putInt(0, REQUEST_SIZE).putInt(4, descriptor).putLong(8, mount).putLong(16, SB_BASIC_AND_ROOT);
        long result = Syscalls.call4(SyscallNumber.STATMOUNT, memory.address(), memory.address() + REQUEST_SIZE, ANSWER_SIZE, flags);
        if (result == -Errno.EINVAL.number() || result == -Errno.ENOSYS.number() || result == -Errno.EOVERFLOW.number()) {
            return Optional.empty();
        }
        check("statmount", file, result);
        return decode(memory.get(REQUEST_SIZE, ANSWER_SIZE));
    }

    /** Package-private for tests: what {@code answer}, the bytes of a struct statmount, tells; empty when it lacks the root. */
    static Optional<MountStatus> decode(byte[] answer) {
        if ((number(answer, 8, 8) & SB_BASIC_AND_ROOT) != SB_BASIC_AND_ROOT) {
            return Optional.empty();
        }
        int start = HEAD + (int) number(answer, 104, 4);
        int end = start;
        while (end < answer.length && answer[end] != 0) {
            end++;
        }
        byte[] root = Arrays.copyOfRange(answer, start, end);
        return Optional.of(new MountStatus(new DeviceNumber((int) number(answer, 16, 4), (int) number(answer, 20, 4)),
                UnixPath.of(Cursor.unescape(root))));
    }

    private static long number(byte[] bytes, int at, int length) {
        long number = 0;
        for (int i = length - 1; i >= 0; i--) {
            number = number << 8 | bytes[at + i] & 0xff;
        }
        return number;
    }
}
