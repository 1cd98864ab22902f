package dev.stasis.linux.notify;

import static dev.stasis.linux.internal.Syscalls.check;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.Pid;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.internal.Scratch;
import dev.stasis.linux.internal.Syscalls;

/**
 * Calls on fanotify groups. Each throws {@link dev.stasis.linux.KernelException} when the kernel refuses. Any thread may
 * call.
 */
public final class FanotifyCalls {
    /** What FIONREAD counts for each event, whatever it takes in a read. */
    public static final int EVENT_SIZE = 24;

    private static final int AT_FDCWD = -100;
    private static final int FAN_NOFD = -1;
    private static final int INFO_PIDFD = 4;
    private static final int ALLOW = 1;
    private static final int DENY = 2;

    private FanotifyCalls() {}

    /**
     * Makes a group. EMFILE when the user has as many as fs.fanotify.max_user_groups allows.
     *
     * @param flags FAN_ bits of fanotify_init(2): class, what events report, whether the descriptor is closed on exec
     * @param eventFlags O_ bits that the descriptors of events are opened with
     * @see fanotify_init(2)
     */
    public static Fd create(int flags, int eventFlags) {
        return Fd.own((int) check("fanotify_init", "flags 0x" + Integer.toHexString(flags),
                Syscalls.call2(SyscallNumber.FANOTIFY_INIT, flags, eventFlags)));
    }

    /**
     * Adds, changes or removes marks. ENOSPC when the user has as many as fs.fanotify.max_user_marks allows.
     *
     * @param flags FAN_MARK_ bits: what to do, and to which kind of mark
     * @param mask FAN_ bits of events
     * @param path what is marked, followed if it is a symbolic link
     * @see fanotify_mark(2)
     */
    public static void mark(Fd group, int flags, long mask, UnixPath path) {
        check("fanotify_mark", path, Syscalls.call5(SyscallNumber.FANOTIFY_MARK, group.number(), flags, mask, AT_FDCWD,
                Scratch.take().path(path)));
    }

    /** Like {@link #mark(Fd, int, long, UnixPath)}, for what {@code target} refers to; O_PATH will do, also of a link. */
    public static void mark(Fd group, int flags, long mask, Fd target) {
        mark(group, flags, mask, UnixPath.of("/proc/self/fd/" + target.number()));
    }

    /** How many events are in the queue. @see ioctl(2) FIONREAD */
    public static int pending(Fd group) {
        return InotifyCalls.pending(group) / EVENT_SIZE;
    }

    /**
     * Takes as many events out of the queue, which must not be empty, as fit into {@code room} bytes of {@code memory}, and
     * closes the descriptors that come with them; returns how many there were, 0 when not even the first one fits (EINVAL).
     *
     * @see fanotify(7)
     */
    public static int discard(Fd group, NativeMemory memory, int room) {
        long result = Syscalls.call3(SyscallNumber.READ, group.number(), memory.address(), Math.min(room, memory.size()));
        if (result == -Errno.EINVAL.number()) {
            return 0;
        }
        int length = (int) check("read", group, result);
        int count = 0;
        for (int at = 0; at < length; at += memory.getInt(at)) {
            close(memory.getInt(at + 16));
            closePidfd(memory, at);
            count++;
        }
        return count;
    }

    /**
     * Waits for a question of a group that permits something, and reads it into {@code memory}, {@link #EVENT_SIZE} bytes; the
     * caller owns the descriptor that comes with it.
     */
    static Fd readQuestion(Fd group, NativeMemory memory) {
        check("read", group, Syscalls.call3(SyscallNumber.READ, group.number(), memory.address(), EVENT_SIZE));
        return Fd.own(memory.getInt(16));
    }

    /** Whether it is {@code thread} that asks in {@code question}, which is of a group that reports threads. */
    static boolean isAskedBy(Pid thread, NativeMemory question) {
        return question.getInt(20) == thread.number();
    }

    /** Answers the question that came with {@code opened}; {@code memory} is for the answer, eight bytes. */
    static void answer(Fd group, Fd opened, boolean allowed, NativeMemory memory) {
        memory.putInt(0, opened.number()).putInt(Integer.BYTES, allowed ? ALLOW : DENY);
        check("write", group, Syscalls.call3(SyscallNumber.WRITE, group.number(), memory.address(), memory.size()));
    }

    private static void closePidfd(NativeMemory memory, int event) {
        int end = event + memory.getInt(event);
        int record = event + (memory.getShort(event + 6) & 0xffff);
        while (record + 4 <= end) {
            int size = memory.getShort(record + 2) & 0xffff;
            if (memory.getByte(record) == INFO_PIDFD) {
                close(memory.getInt(record + 4));
            }
            record += Math.max(size, 4);
        }
    }

    private static void close(int descriptor) {
        if (descriptor > FAN_NOFD) {
            Syscalls.call1(SyscallNumber.CLOSE, descriptor);
        }
    }
}
