package dev.stasis.host.task.freeze;

import dev.stasis.linux.Pid;
import dev.stasis.linux.process.ProcessCalls;

/**
 * Keeps the calling thread on one CPU: that where the task last ran, so that a call injected there needs no wake-up of
 * another CPU, which costs ten times as much. The task's own affinity is left alone, for it would stay changed should this
 * process die. Only the thread that made it may close it.
 */
public final class CpuPin implements AutoCloseable {
    private final Pid thread;
    private final byte[] before;
    private boolean pinned;

    private CpuPin(Pid thread, byte[] before) {
        this.thread = thread;
        this.before = before;
    }

    /** Pins the calling thread to {@code cpu} when it may run there, else to nothing. */
    public static CpuPin to(int cpu) {
        Pid thread = ProcessCalls.selfThread();
        CpuPin pin = new CpuPin(thread, ProcessCalls.affinity(thread));
        if (cpu / 8 < pin.before.length && (pin.before[cpu / 8] & (1 << (cpu % 8))) != 0) {
            byte[] one = new byte[pin.before.length];
            one[cpu / 8] = (byte) (1 << (cpu % 8));
            ProcessCalls.affinity(thread, one);
            pin.pinned = true;
        }
        return pin;
    }

    /** Lets the calling thread, which inherited the pin from the one that made it, run everywhere again. */
    public void freeInheritor() {
        ProcessCalls.affinity(ProcessCalls.selfThread(), before);
    }

    /** Lets the thread run where it did before. */
    @Override
    public void close() {
        if (pinned) {
            pinned = false;
            ProcessCalls.affinity(thread, before);
        }
    }
}
