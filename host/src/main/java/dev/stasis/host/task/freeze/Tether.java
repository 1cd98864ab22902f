package dev.stasis.host.task.freeze;

import dev.stasis.linux.KernelException;
import dev.stasis.linux.Pid;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.linux.process.ThreadCalls;
import dev.stasis.linux.ptrace.WayHome;
import java.util.Arrays;
import java.util.OptionalLong;

/**
 * Keeps one thread, which makes calls for us, on our CPU, and ahead of all others there. Left alone, the kernel wakes it on
 * whatever CPU is idle, and then each call waits for two wake-ups of another CPU; and on a busy one it waits for others to have
 * used up their time slices.
 *
 * <p>Only a thread that may run on every CPU is kept. It is given back all CPUs that there are or will be, which is what a thread
 * has that nobody ever restricted: told a list of today's, it would stay with those when its control group gets more. The same
 * calls lie on its way home, should this process die meanwhile.
 */
final class Tether {
    private static final int NO_POLICY = -1;
    private static final byte[] NOT_KEPT = {};
    private static final int SCHED_FIFO = 1;

    private final Pid task;
    private final byte[] here;
    private final byte[] home;
    private final int policy;
    private final long timerSlack;
    private boolean tied;
    private boolean hurried;

    private Tether(Pid task, byte[] here, byte[] home, int policy, long timerSlack) {
        this.task = task;
        this.here = here;
        this.home = home;
        this.policy = policy;
        this.timerSlack = timerSlack;
    }

    /** Changes nothing. */
    static Tether none(Pid task) {
        return new Tether(task, NOT_KEPT, NOT_KEPT, NO_POLICY, 0);
    }

    /**
     * Will keep {@code task}, which may run on {@code cpus}, on the CPU of {@code here}, if those are all that are {@code online};
     * and ahead of others, unless it is already, if {@code timerSlack} tells what it gets back.
     */
    static Tether of(Pid task, byte[] cpus, byte[] here, byte[] online, OptionalLong timerSlack) {
        int policy = timerSlack.isPresent() ? ThreadCalls.policy(task) : NO_POLICY;
        byte[] all = NOT_KEPT;
        if (OnlineCpus.areAll(cpus, online)) {
            all = new byte[cpus.length];
            Arrays.fill(all, (byte) -1);
        }
        return new Tether(task, here, all, isFair(policy) ? policy : NO_POLICY, timerSlack.orElse(0));
    }

    /** Whether {@code policy} is one of those that share the CPU: SCHED_OTHER, SCHED_BATCH or SCHED_IDLE. */
    static boolean isFair(int policy) {
        int plain = policy & 0xff;
        return policy >= 0 && (plain == 0 || plain == 3 || plain == 5);
    }

    /** What it gives itself back, should we die. */
    WayHome wayHome() {
        WayHome way = home.length > 0 ? WayHome.STRAIGHT.withAffinity(home) : WayHome.STRAIGHT;
        return policy == NO_POLICY ? way : way.withPolicy(policy).withTimerSlack(timerSlack);
    }

    /** Keeps it; the way home must stand. A kernel that refuses does so with good reason, and then it is only slower. */
    void tie() {
        try {
            if (home.length > 0) {
                ProcessCalls.affinity(task, here);
                tied = true;
            }
            if (policy != NO_POLICY) {
                ThreadCalls.policy(task, SCHED_FIFO, 1);
                hurried = true;
            }
        } catch (KernelException e) {
            return;
        }
    }

    /** Lets it run as before. */
    void untie() {
        if (hurried) {
            hurried = false;
            ThreadCalls.policy(task, policy, 0);
            TimerSlack.set(task, timerSlack);
        }
        if (tied) {
            tied = false;
            ProcessCalls.affinity(task, home);
        }
    }
}
