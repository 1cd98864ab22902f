package dev.stasis.host.task.freeze;

import dev.stasis.linux.KernelException;
import dev.stasis.linux.Pid;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.linux.process.ThreadCalls;
import dev.stasis.linux.ptrace.CallSite;
import java.util.OptionalLong;

/**
 * Keeps the calling thread on one CPU, so that a call injected there needs no wake-up of another CPU, which costs ten times as
 * much; a {@link Tether} keeps the task that makes it there. Only the thread that made it may use it.
 */
public final class CpuPin implements AutoCloseable {
    private static final int SCHED_FIFO_RESET_ON_FORK = 1 | 0x40000000;
    private static final int NO_POLICY = -1;

    private final Pid thread;
    private final byte[] before;
    private final byte[] online;
    /** The CPU it is kept on; null when it is not. */
    private byte[] one;
    private int policyBefore = NO_POLICY;
    private long timerSlackBefore;

    private CpuPin(Pid thread, byte[] before) {
        this.thread = thread;
        this.before = before;
        this.online = OnlineCpus.read(before.length);
    }

    /** Pins the calling thread to {@code cpu} when it may run there, else to nothing. */
    public static CpuPin to(int cpu) {
        Pid thread = ProcessCalls.selfThread();
        CpuPin pin = new CpuPin(thread, ProcessCalls.affinity(thread));
        pin.move(cpu);
        return pin;
    }

    private void move(int to) {
        if (to / 8 < before.length && has(before, to)) {
            one = new byte[before.length];
            one[to / 8] = (byte) (1 << (to % 8));
            ProcessCalls.affinity(thread, one);
        }
    }

    private static boolean has(byte[] cpus, int cpu) {
        return (cpus[cpu / 8] & (1 << (cpu % 8))) != 0;
    }

    /**
     * From now on the calling thread, and those that make calls for it, go before all that share the CPU with them. Without,
     * a busy CPU lets each of many thousand calls wait for the end of somebody's time slice, while a tree stands still. Not while
     * others must run for this thread to get on. A kernel that refuses does so with good reason, and then it is only slower.
     */
    void hurry() {
        int policy = ThreadCalls.policy(thread);
        OptionalLong timerSlack = TimerSlack.of(thread);
        if (Tether.isFair(policy) && timerSlack.isPresent()) {
            timerSlackBefore = timerSlack.getAsLong();
            try {
                ThreadCalls.policy(thread, SCHED_FIFO_RESET_ON_FORK, 1);
                policyBefore = policy;
            } catch (KernelException e) {
                policyBefore = NO_POLICY;
            }
        }
    }

    /** What keeps {@code task}, which makes its calls from {@code site}, on the same CPU as this thread. */
    Tether tether(FrozenThread task, CallSite site) {
        // A seccomp filter might not let it through on its way home, where nobody suspends it any more.
        if (one == null || !site.returnsHome() || task.status().seccomp() != 0) {
            return Tether.none(task.tid());
        }
        byte[] cpus = ProcessCalls.affinity(task.tid());
        follow(cpus);
        return Tether.of(task.tid(), cpus, one, online, policyBefore == NO_POLICY ? OptionalLong.empty() : task.timerSlack());
    }

    /** Moves this thread, if need be, to where one that may run on {@code cpus} only can be. */
    private void follow(byte[] cpus) {
        int first = -1;
        for (int cpu = 0; cpu < 8 * Math.min(cpus.length, before.length); cpu++) {
            if (has(cpus, cpu) && has(before, cpu)) {
                if (has(one, cpu)) {
                    return;
                }
                first = first < 0 ? cpu : first;
            }
        }
        if (first >= 0) {
            move(first);
        }
    }

    /** Lets the calling thread, which inherited the pin from the one that made it, run everywhere again. */
    public void freeInheritor() {
        ProcessCalls.affinity(ProcessCalls.selfThread(), before);
    }

    /** Lets the thread run where and how it did before. */
    @Override
    public void close() {
        if (policyBefore != NO_POLICY) {
            ThreadCalls.policy(thread, policyBefore, 0);
            TimerSlack.set(thread, timerSlackBefore);
            policyBefore = NO_POLICY;
        }
        if (one != null) {
            one = null;
            ProcessCalls.affinity(thread, before);
        }
    }
}
