package dev.stasis.linux.process;

import static dev.stasis.linux.internal.Syscalls.check;

import dev.stasis.linux.KernelException;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.internal.Scratch;
import dev.stasis.linux.internal.Syscalls;

/** What the kernel tells of any thread from outside, and what can be set from there. Each throws {@link KernelException} when it refuses. */
public final class ThreadCalls {
    private static final int SCHED_ATTR_SIZE = 56;
    /** Without the utilization clamps, which are left as they are. */
    private static final int SCHED_ATTR_FIRST_SIZE = 48;
    private static final int IOPRIO_WHO_PROCESS = 1;
    private static final int PRIO_PROCESS = 0;
    /** What getpriority(2) itself returns is a nice value taken from this, so that it is never negative. */
    private static final int NICE_BASE = 20;

    private ThreadCalls() {}

    /**
     * How thread {@code tid} is scheduled; its nice value under every policy, also where it only counts again under another.
     * @see sched_getattr(2)
     */
    public static SchedulingAttributes scheduling(Pid tid) {
        Scratch scratch = Scratch.take();
        int at = scratch.reserveCleared(SCHED_ATTR_SIZE);
        check("sched_getattr", tid, Syscalls.call4(SyscallNumber.SCHED_GETATTR, tid.number(), scratch.address(at),
                SCHED_ATTR_SIZE, 0));
        NativeMemory memory = scratch.memory();
        int policy = memory.getInt(at + 4);
        int nice = SchedulingAttributes.isRealTime(policy) ? nice(tid) : memory.getInt(at + 16);
        return new SchedulingAttributes(policy, memory.getLong(at + 8), nice, memory.getInt(at + 20),
                memory.getLong(at + 24), memory.getLong(at + 32), memory.getLong(at + 40));
    }

    private static int nice(Pid tid) {
        return NICE_BASE - (int) check("getpriority", tid, Syscalls.call2(SyscallNumber.GETPRIORITY, PRIO_PROCESS, tid.number()));
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

    /**
     * Schedules thread {@code tid} as {@code wanted} says, its nice value included under every policy. A thread that is to have
     * SCHED_DEADLINE must be allowed on all CPUs that it could be on. @see sched_setattr(2)
     */
    public static void scheduling(Pid tid, SchedulingAttributes wanted) {
        if (!SchedulingAttributes.isNiceSetWith(wanted.policy())) {
            check("setpriority", tid, Syscalls.call3(SyscallNumber.SETPRIORITY, PRIO_PROCESS, tid.number(), wanted.nice()));
        }
        Scratch scratch = Scratch.take();
        int at = scratch.reserveCleared(SCHED_ATTR_SIZE);
        scratch.memory().putInt(at, SCHED_ATTR_FIRST_SIZE).putInt(at + 4, wanted.policy()).putLong(at + 8, wanted.flags())
                .putInt(at + 16, wanted.nice()).putInt(at + 20, wanted.priority()).putLong(at + 24, wanted.runtime())
                .putLong(at + 32, wanted.deadline()).putLong(at + 40, wanted.period());
        check("sched_setattr", tid, Syscalls.call3(SyscallNumber.SCHED_SETATTR, tid.number(), scratch.address(at), 0));
    }

    /**
     * The policy of thread {@code tid}, with SCHED_RESET_ON_FORK where it has that. @see sched_getscheduler(2)
     */
    public static int policy(Pid tid) {
        return (int) check("sched_getscheduler", tid, Syscalls.call1(SyscallNumber.SCHED_GETSCHEDULER, tid.number()));
    }

    /**
     * Schedules thread {@code tid} by {@code policy}, with {@code priority} if that is a real-time one and 0 otherwise. Its nice
     * value and its time slice stay, unlike with {@link #scheduling(Pid, SchedulingAttributes)}. @see sched_setscheduler(2)
     */
    public static void policy(Pid tid, int policy, int priority) {
        Scratch scratch = Scratch.take();
        int at = scratch.reserve(Integer.BYTES);
        scratch.memory().putInt(at, priority);
        check("sched_setscheduler", tid,
                Syscalls.call3(SyscallNumber.SCHED_SETSCHEDULER, tid.number(), policy, scratch.address(at)));
    }

    /** Sets the I/O priority of thread {@code tid}. @see ioprio_set(2) */
    public static void ioPriority(Pid tid, int priority) {
        check("ioprio_set", tid, Syscalls.call3(SyscallNumber.IOPRIO_SET, IOPRIO_WHO_PROCESS, tid.number(), priority));
    }

    /** The CPU that the calling thread runs on right now. @see getcpu(2) */
    public static int currentCpu() {
        Scratch scratch = Scratch.take();
        int at = scratch.reserve(Integer.BYTES);
        check("getcpu", "this thread", Syscalls.call3(SyscallNumber.GETCPU, scratch.address(at), 0, 0));
        return scratch.memory().getInt(at);
    }
}
