package dev.stasis.host.task.freeze;

import dev.stasis.linux.Pid;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.linux.ptrace.CallSite;

/**
 * Keeps the calling thread on one CPU, so that a call injected there needs no wake-up of another CPU, which costs ten times as
 * much; a {@link Tether} keeps the task that makes it there. Only the thread that made it may use it.
 */
public final class CpuPin implements AutoCloseable {
    private final Pid thread;
    private final byte[] before;
    private final byte[] online;
    /** The CPU it is kept on; null when it is not. */
    private byte[] one;

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
        if (to / 8 < before.length && (before[to / 8] & (1 << (to % 8))) != 0) {
            one = new byte[before.length];
            one[to / 8] = (byte) (1 << (to % 8));
            ProcessCalls.affinity(thread, one);
        }
    }

    /** What keeps {@code task}, which makes its calls from {@code site}, on the same CPU as this thread. */
    Tether tether(Pid task, CallSite site) {
        return one == null || !site.returnsHome() ? Tether.none(task) : Tether.of(task, one, online);
    }

    /** Lets the calling thread, which inherited the pin from the one that made it, run everywhere again. */
    public void freeInheritor() {
        ProcessCalls.affinity(ProcessCalls.selfThread(), before);
    }

    /** Lets the thread run where it did before. */
    @Override
    public void close() {
        if (one != null) {
            one = null;
            ProcessCalls.affinity(thread, before);
        }
    }
}
