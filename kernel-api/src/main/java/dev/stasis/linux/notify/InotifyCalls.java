package dev.stasis.linux.notify;

import static dev.stasis.linux.internal.Syscalls.check;

import dev.stasis.linux.CallBatch;
import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.internal.Scratch;
import dev.stasis.linux.internal.Syscalls;

/**
 * Calls on inotify instances. Each throws {@link dev.stasis.linux.KernelException} when the kernel refuses. Any thread may
 * call.
 */
public final class InotifyCalls {
    private static final int FIONREAD = 0x541b;
    private static final int SETNEXTWD = 0x40044900;

    private InotifyCalls() {}

    /**
     * Makes an instance; of {@code flags} only O_NONBLOCK counts, O_CLOEXEC is added. EMFILE when the user has as many as
     * fs.inotify.max_user_instances allows. @see inotify_init1(2)
     */
    public static Fd create(OpenFlags flags) {
        int taken = flags.bits() & OpenFlags.NONBLOCK.bits() | OpenFlags.CLOEXEC.bits();
        return Fd.own((int) check("inotify_init1", flags, Syscalls.call1(SyscallNumber.INOTIFY_INIT1, taken)));
    }

    /**
     * Watches what {@code path} leads to, or changes the mask of the watch on it. ENOSPC when the user has as many watches as
     * fs.inotify.max_user_watches allows. @see inotify_add_watch(2)
     */
    public static WatchDescriptor watch(Fd instance, UnixPath path, EventMask mask) {
        return new WatchDescriptor((int) check("inotify_add_watch", path,
                Syscalls.call3(SyscallNumber.INOTIFY_ADD_WATCH, instance.number(), Scratch.take().path(path), mask.bits())));
    }

    /** Like {@link #watch(Fd, UnixPath, EventMask)}, for what {@code target} refers to; O_PATH will do, also of a link. */
    public static WatchDescriptor watch(Fd instance, Fd target, EventMask mask) {
        return new WatchDescriptor((int) check("inotify_add_watch", target, Syscalls.call3(SyscallNumber.INOTIFY_ADD_WATCH,
                instance.number(), Scratch.take().ownDescriptor(target.number()), mask.bits())));
    }

    /** Takes {@code watch} away, which puts IN_IGNORED into the queue; false when there is none (EINVAL). @see inotify_rm_watch(2) */
    public static boolean tryRemove(Fd instance, WatchDescriptor watch) {
        long result = Syscalls.call2(SyscallNumber.INOTIFY_RM_WATCH, instance.number(), watch.number());
        if (result == -Errno.EINVAL.number()) {
            return false;
        }
        check("inotify_rm_watch", watch, result);
        return true;
    }

    /** Makes {@code watch} the number of the next watch, if it is free; else the next free one after it. @see ioctl(2) */
    public static void next(Fd instance, WatchDescriptor watch) {
        check("ioctl INOTIFY_IOC_SETNEXTWD", watch,
                Syscalls.call3(SyscallNumber.IOCTL, instance.number(), SETNEXTWD, watch.number()));
    }

    /** How many bytes of events are in the queue. @see ioctl(2) FIONREAD */
    public static int pending(Fd instance) {
        Scratch scratch = Scratch.take();
        int at = scratch.reserveCleared(Integer.BYTES);
        check("ioctl FIONREAD", instance, Syscalls.call3(SyscallNumber.IOCTL, instance.number(), FIONREAD, scratch.address(at)));
        return scratch.memory().getInt(at);
    }

    /**
     * Takes up to {@code length} bytes of whole events out of the queue into {@code memory}; returns how many bytes. Must not
     * be called on an empty queue: it would wait, or throw EAGAIN. @see read(2)
     */
    public static int read(Fd instance, NativeMemory memory, int length) {
        return (int) check("read", instance, Syscalls.call3(SyscallNumber.READ, instance.number(), memory.address(),
                Math.min(length, memory.size())));
    }

    /**
     * Adds to {@code batch} what {@link #watch(Fd, UnixPath, EventMask)} does; {@code path} is the address of a path that ends with a
     * NUL. Returns the place of the call, whose result is the number of the watch.
     */
    public static int addWatch(CallBatch batch, Fd instance, long path, EventMask mask) {
        return batch.add("inotify_add_watch", SyscallNumber.INOTIFY_ADD_WATCH, instance.number(), path, mask.bits());
    }

    /** Adds to {@code batch} what {@link #next} does; returns the place of the call. */
    public static int addNext(CallBatch batch, Fd instance, WatchDescriptor watch) {
        return batch.add("ioctl INOTIFY_IOC_SETNEXTWD", SyscallNumber.IOCTL, instance.number(), SETNEXTWD, watch.number());
    }
}
