package dev.stasis.linux.process;

import static dev.stasis.linux.internal.Syscalls.check;

import dev.stasis.linux.Pid;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.internal.Scratch;
import dev.stasis.linux.internal.Syscalls;

/** Calls on how threads are scheduled. Each throws {@link dev.stasis.linux.KernelException} when the kernel refuses. */
public final class SchedulingCalls {
    /** The size of the kernel's {@code struct sched_attr} in its first version, which is all that is used here. */
    public static final int ATTRIBUTES = 48;

    private static final int WHO_PROCESS = 1;

    private SchedulingCalls() {}

    /** The {@code struct sched_attr} of thread {@code tid}. @see sched_getattr(2) */
    public static byte[] attributes(Pid tid) {
        Scratch scratch = Scratch.take();
        int offset = scratch.reserveCleared(ATTRIBUTES);
        check("sched_getattr", tid,
                Syscalls.call4(SyscallNumber.SCHED_GETATTR, tid.number(), scratch.address(offset), ATTRIBUTES, 0));
        return scratch.memory().get(offset, ATTRIBUTES);
    }

    /** Schedules thread {@code tid} as this {@code struct sched_attr} says. @see sched_setattr(2) */
    public static void attributes(Pid tid, byte[] attributes) {
        Scratch scratch = Scratch.take();
        check("sched_setattr", tid, Syscalls.call3(SyscallNumber.SCHED_SETATTR, tid.number(), scratch.bytes(attributes), 0));
    }

    /** The I/O class and priority of thread {@code tid}. @see ioprio_get(2) */
    public static int ioPriority(Pid tid) {
        return (int) check("ioprio_get", tid, Syscalls.call2(SyscallNumber.IOPRIO_GET, WHO_PROCESS, tid.number()));
    }

    /** Sets the I/O class and priority of thread {@code tid}. @see ioprio_set(2) */
    public static void ioPriority(Pid tid, int priority) {
        check("ioprio_set", tid, Syscalls.call3(SyscallNumber.IOPRIO_SET, WHO_PROCESS, tid.number(), priority));
    }

    /** The CPU that the calling thread runs on right now. @see getcpu(2) */
    public static int currentCpu() {
        Scratch scratch = Scratch.take();
        int offset = scratch.reserve(Integer.BYTES);
        check("getcpu", "this thread", Syscalls.call3(SyscallNumber.GETCPU, scratch.address(offset), 0, 0));
        return scratch.memory().getInt(offset);
    }
}
