package dev.stasis.host.task.rebirth;

import dev.stasis.host.state.MemorySettings;
import dev.stasis.host.state.ResourceLimit;
import dev.stasis.host.state.Scheduling;
import dev.stasis.host.state.TaskSettings;
import dev.stasis.host.state.ThreadSettings;
import dev.stasis.linux.Errno;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.Pid;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.process.LimitCalls;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.linux.process.SchedulingAttributes;
import dev.stasis.linux.process.ThreadCalls;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;

/** What prctl(2), files of /proc, limits and the scheduler hold of one task; set only where it differs from what it inherited. */
final class Settings {
    private static final int PR_SET_CHILD_SUBREAPER = 36;
    private static final int PR_SET_THP_DISABLE = 41;
    private static final int PR_SET_TSC = 26;
    private static final int PR_MCE_KILL = 33;
    private static final int PR_MCE_KILL_SET = 1;
    private static final int PR_SET_IO_FLUSHER = 57;
    private static final int PR_THP_DISABLE_EXCEPT_ADVISED = 2;
    private static final int PR_SET_MDWE = 65;
    private static final int PR_SET_MEMORY_MERGE = 67;

    private static final String[] NAMES = {"RLIMIT_CPU", "RLIMIT_FSIZE", "RLIMIT_DATA", "RLIMIT_STACK", "RLIMIT_CORE", "RLIMIT_RSS",
        "RLIMIT_NPROC", "RLIMIT_NOFILE", "RLIMIT_MEMLOCK", "RLIMIT_AS", "RLIMIT_LOCKS", "RLIMIT_SIGPENDING", "RLIMIT_MSGQUEUE",
        "RLIMIT_NICE", "RLIMIT_RTPRIO", "RLIMIT_RTTIME"};

    private final Newborn task;
    private final TaskSettings settings;
    private final Inherited inherited;

    Settings(Newborn task, Inherited inherited) {
        this.task = task;
        this.settings = task.state.settings();
        this.inherited = inherited;
    }

    /** What needs privileges or this process's own access to /proc/PID: before the credentials change. */
    void apply() {
        if (settings.coredumpFilter() != inherited.coredumpFilter()) {
            Inherited.write(task.pid(), "coredump_filter", "0x" + Integer.toHexString(settings.coredumpFilter()));
        }
        if (settings.oomScoreAdjustment() != inherited.oomScoreAdjustment()) {
            Inherited.write(task.pid(), "oom_score_adj", Integer.toString(settings.oomScoreAdjustment()));
        }
        if (settings.childSubreaper()) {
            task.later("prctl PR_SET_CHILD_SUBREAPER", SyscallNumber.PRCTL, PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
        }
        denyHugePages();
        registerBarriers(settings.memory().barriers());
        if (settings.personality() != inherited.personality()) {
            task.later("personality", SyscallNumber.PERSONALITY, Integer.toUnsignedLong(settings.personality()));
        }
    }

    private void denyHugePages() {
        int except = settings.memory().hugePagesOnlyWhereAdvised() ? PR_THP_DISABLE_EXCEPT_ADVISED : 0;
        int wanted = settings.transparentHugePagesDisabled() ? 1 | except : 0;
        if (wanted != inherited.transparentHugePagesDisabled()) {
            task.later("prctl PR_SET_THP_DISABLE", SyscallNumber.PRCTL, PR_SET_THP_DISABLE, wanted & 1, wanted & ~1, 0, 0);
        }
    }

    /** Each command by itself; before there are other threads, for whose sake the kernel would wait. */
    private void registerBarriers(int commands) {
        for (int command = 1; command > 0 && command <= commands; command <<= 1) {
            if ((commands & command) != 0) {
                task.later("membarrier", SyscallNumber.MEMBARRIER, command, 0, 0);
            }
        }
    }

    /** What few threads have; before the credentials change, because one of it takes CAP_SYS_RESOURCE. */
    void ofThread(NewbornThread thread, ThreadSettings wanted) {
        ThreadSettings has = inherited.ofThread();
        if (wanted.machineCheckKill() != has.machineCheckKill()) {
            thread.later("prctl PR_MCE_KILL", SyscallNumber.PRCTL, PR_MCE_KILL, PR_MCE_KILL_SET, wanted.machineCheckKill(), 0, 0);
        }
        if (wanted.timeStampCounter() != has.timeStampCounter()) {
            thread.later("prctl PR_SET_TSC", SyscallNumber.PRCTL, PR_SET_TSC, wanted.timeStampCounter(), 0, 0, 0);
        }
        if (wanted.ioFlusher() != has.ioFlusher()) {
            thread.later("prctl PR_SET_IO_FLUSHER", SyscallNumber.PRCTL, PR_SET_IO_FLUSHER, wanted.ioFlusher() ? 1 : 0, 0, 0, 0);
        }
    }

    /** What would stand in the way of building memory, so when all of it is built. */
    void memory() {
        MemorySettings memory = settings.memory();
        if (memory.mergesEqualPages()) {
            task.later("prctl PR_SET_MEMORY_MERGE", SyscallNumber.PRCTL, PR_SET_MEMORY_MERGE, 1, 0, 0, 0);
        }
        if (memory.lockFuture() != 0) {
            task.later("mlockall", SyscallNumber.MLOCKALL, memory.lockFuture());
        }
        if (memory.writeExecuteDenial() != 0) {
            task.later("prctl PR_SET_MDWE", SyscallNumber.PRCTL, PR_SET_MDWE, memory.writeExecuteDenial(), 0, 0, 0);
        }
    }

    /**
     * Limits, from outside: when nothing is built any more that they could disturb, but before the credentials change, because
     * the limits of another user's process take CAP_SYS_RESOURCE.
     */
    void limit() {
        for (ResourceLimit limit : task.state.limits()) {
            if (!inherited.has(limit)) {
                set(limit);
            }
        }
    }

    private void set(ResourceLimit limit) {
        task.settle();
        try {
            LimitCalls.limit(task.pid(), limit.resource(), limit.soft(), limit.hard());
        } catch (KernelException e) {
            if (!e.is(Errno.EPERM)) {
                throw e;
            }
            throw new StasisException(new Problem(RebirthError.CALL_REFUSED, RestorePlan.subject(task.state),
                    "its limit " + NAMES[limit.resource()] + " was above that of this process, which may not raise it (EPERM)",
                    "restore with CAP_SYS_RESOURCE, or from where that limit is as high (ulimit)"), e);
        }
    }

    /** Scheduling, from outside, last of all: a low priority would only make the rest slow. */
    void schedule() {
        for (int i = 0; i < task.threads.size(); i++) {
            schedule(task.threads.get(i).tid(), task.state.threads().get(i).scheduling());
        }
    }

    /** CPUs first: the kernel promises no share of one (SCHED_DEADLINE) to a thread that may not run on all, and this one was pinned. */
    private void schedule(Pid tid, Scheduling scheduling) {
        if (scheduling.cpus().length > 0) {
            ProcessCalls.affinity(tid, scheduling.cpus());
        }
        if (!isInherited(scheduling)) {
            ThreadCalls.scheduling(tid, new SchedulingAttributes(scheduling.policy(), scheduling.flags(), scheduling.nice(),
                    scheduling.priority(), slice(scheduling), scheduling.deadline(), scheduling.period()));
        }
        if (scheduling.ioPriority() != inherited.ioPriority()) {
            ThreadCalls.ioPriority(tid, scheduling.ioPriority());
        }
    }

    private boolean isInherited(Scheduling scheduling) {
        SchedulingAttributes usual = inherited.scheduling();
        return scheduling.policy() == usual.policy() && scheduling.flags() == usual.flags() && scheduling.nice() == usual.nice()
                && scheduling.priority() == usual.priority() && scheduling.runtime() == usual.runtime()
                && scheduling.deadline() == usual.deadline() && scheduling.period() == usual.period();
    }

    /**
     * New kernels tell the time slice of ordinary threads as their runtime. Where something else must be set, the usual slice
     * is not: it would count as asked for.
     */
    private long slice(Scheduling scheduling) {
        SchedulingAttributes usual = inherited.scheduling();
        boolean usualSlice = scheduling.policy() != Scheduling.DEADLINE && scheduling.runtime() == usual.runtime();
        boolean sliceAlone = scheduling.policy() == usual.policy() && scheduling.nice() == usual.nice()
                && scheduling.flags() == usual.flags();
        return usualSlice && !sliceAlone ? 0 : scheduling.runtime();
    }
}
