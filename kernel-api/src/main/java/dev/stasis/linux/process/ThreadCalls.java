package dev.stasis.linux.process;

import static dev.stasis.linux.internal.Syscalls.check;

import dev.stasis.linux.KernelException;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.internal.Scratch;
import dev.stasis.linux.internal.Syscalls;

/** What the kernel tells of any thread from outside. Each throws {@link KernelException} when it refuses. */
public final class ThreadCalls {
    private static final int SCHED_ATTR_SIZE = 56;
    private static final int IOPRIO_WHO_PROCESS = 1;

    /** How many resources have a limit: RLIMIT_CPU (0) to RLIMIT_RTTIME (15). */
    public static final int RESOURCES = 16;

    private ThreadCalls() {}

    /** How thread {@code tid} is scheduled. @see sched_getattr(2) */
    public static SchedulingAttributes scheduling(Pid tid) {
        Scratch scratch = Scratch.take();
        int at = scratch.reserveCleared(SCHED_ATTR_SIZE);
        check("sched_getattr", tid, Syscalls.call4(SyscallNumber.SCHED_GETATTR, tid.number(), scratch.address(at),
                SCHED_ATTR_SIZE, 0));
        NativeMemory memory = scratch.memory();
        return new SchedulingAttributes(memory.getInt(at + 4), memory.getLong(at + 8), memory.getInt(at + 16),
                memory.getInt(at + 20), memory.getLong(at + 24), memory.getLong(at + 32), memory.getLong(at + 40));
    }

    /** The I/O priority of thread {@code tid}: class in the upper bits, 0 for one that follows nice. @see ioprio_get(2) */
    public static int ioPriority(Pid tid) {
        return (int) check("ioprio_get", tid, Syscalls.call2(SyscallNumber.IOPRIO_GET, IOPRIO_WHO_PROCESS, tid.number()));
    }

    /** The list of robust mutexes of thread {@code tid}. @see get_robust_list(2) */
    public static RobustList robustList(Pid tid) {
        Scratch scratch = Scratch.take();
        int at = scratch.reserveCleared(16);
        check("get_robust_list", tid, Syscalls.call3(SyscallNumber.GET_ROBUST_LIST, tid.number(), scratch.address(at),
                scratch.address(at + 8)));
        return new RobustList(new RemoteAddress(scratch.memory().getLong(at)), scratch.memory().getLong(at + 8));
    }

    /** Soft and hard limit of {@code resource} for process {@code pid}; -1 for none. @see prlimit(2) */
    public static long[] limit(Pid pid, int resource) {
        Scratch scratch = Scratch.take();
        int at = scratch.reserve(16);
        check("prlimit", pid, Syscalls.call4(SyscallNumber.PRLIMIT64, pid.number(), resource, 0, scratch.address(at)));
        return new long[] {scratch.memory().getLong(at), scratch.memory().getLong(at + 8)};
    }
}
