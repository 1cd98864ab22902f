package dev.stasis.host.task.freeze;

import dev.stasis.linux.KernelException;
import dev.stasis.linux.Pid;
import dev.stasis.linux.process.ProcessCalls;
import java.util.Arrays;

/**
 * Keeps one thread, which makes calls for us, on our CPU. Left alone, the kernel wakes it on whatever CPU is idle, and then each
 * call waits for two wake-ups of another CPU.
 *
 * <p>Only a thread that may run on every CPU is kept. It is given back all CPUs that there are or will be, which is what a thread
 * has that nobody ever restricted: told a list of today's, it would stay with those when its control group gets more. The same
 * call lies on its way home, should this process die meanwhile.
 */
final class Tether {
    private static final byte[] NOT_KEPT = {};
    private final Pid task;
    private final byte[] here;
    private final byte[] home;
    private boolean tied;

    private Tether(Pid task, byte[] here, byte[] home) {
        this.task = task;
        this.here = here;
        this.home = home;
    }

    /** Keeps nothing. */
    static Tether none(Pid task) {
        return new Tether(task, NOT_KEPT, NOT_KEPT);
    }

    /** Will keep {@code task} on the CPU of {@code here}, if it may run now on all that are {@code online}. */
    static Tether of(Pid task, byte[] here, byte[] online) {
        byte[] cpus = ProcessCalls.affinity(task);
        if (!OnlineCpus.areAll(cpus, online)) {
            return none(task);
        }
        byte[] all = new byte[cpus.length];
        Arrays.fill(all, (byte) -1);
        return new Tether(task, here, all);
    }

    /** The affinity that it is to have again; empty when it is not kept. */
    byte[] home() {
        return home;
    }

    /** Keeps it; the way home must stand. A kernel that refuses does so with good reason, and then it is only slower. */
    void tie() {
        if (home.length > 0) {
            try {
                ProcessCalls.affinity(task, here);
                tied = true;
            } catch (KernelException e) {
                tied = false;
            }
        }
    }

    /** Lets it run everywhere again. */
    void untie() {
        if (tied) {
            tied = false;
            ProcessCalls.affinity(task, home);
        }
    }
}
