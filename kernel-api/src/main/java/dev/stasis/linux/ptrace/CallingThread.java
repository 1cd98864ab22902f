package dev.stasis.linux.ptrace;

import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.process.ProcessCalls;
import java.util.Optional;

/**
 * A traced thread, with its signals blocked, on its way from one stop that its calls make to the next. What else stops it is let
 * pass, but for SIGSTOP, which cannot be blocked and is held back.
 */
final class CallingThread {
    private static final int SIGTRAP = 5;
    private static final int SIGSTOP = 19;

    private StoppedTask task;
    private boolean stopSignalHeldBack;
    private Pid lastChild;

    CallingThread(StoppedTask task) {
        this.task = task;
    }

    /** As it stands. */
    StoppedTask task() {
        return task;
    }

    /** The task to which it gave birth since {@link #begin}, the last one. */
    Optional<Pid> lastChild() {
        return Optional.ofNullable(lastChild);
    }

    /** From now on it goes on with {@code registers}. */
    void begin(Registers registers) {
        lastChild = null;
        task.registers(registers);
    }

    /** Goes on to the next entry to or exit from a system call. */
    void toSystemCall() {
        RunningTask running = task.resume(StoppedTask.Resume.TO_SYSCALL, 0);
        while (true) {
            Stop stop = running.await();
            if (stop instanceof Stop.AtSyscall at) {
                task = at.task();
                return;
            }
            running = passThrough(stop).resume(StoppedTask.Resume.TO_SYSCALL, 0);
        }
    }

    /** Goes on until the instruction at {@code instruction}, where it stands, is done; returns the registers then. */
    Registers stepOver(RemoteAddress instruction) {
        RunningTask running = task.resume(StoppedTask.Resume.STEP, 0);
        while (true) {
            Stop stop = running.await();
            if (stop instanceof Stop.AtSignal at && at.signal() == SIGTRAP) {
                task = at.task();
                Registers now = task.registers();
                if (!now.instruction().equals(instruction)) {
                    return now;
                }
                running = task.resume(StoppedTask.Resume.STEP, 0); // not ours: someone sent it
            } else {
                running = passThrough(stop).resume(StoppedTask.Resume.STEP, 0);
            }
        }
    }

    /** Goes on until it traps just before {@code end}; a SIGTRAP anywhere else is none of ours: someone sent it. */
    void toTrap(RemoteAddress end) {
        RunningTask running = task.resume(StoppedTask.Resume.CONTINUE, 0);
        while (true) {
            Stop stop = running.await();
            if (stop instanceof Stop.AtSignal at && at.signal() == SIGTRAP) {
                task = at.task();
                if (task.registers().instruction().equals(end)) {
                    return;
                }
            } else {
                task = passThrough(stop);
            }
            running = task.resume(StoppedTask.Resume.CONTINUE, 0);
        }
    }

    /** Has it stop without a signal, where the kernel restarts interrupted calls by itself. */
    StoppedTask toEventStop() {
        RunningTask running = task.resume(StoppedTask.Resume.CONTINUE, 0, true);
        Stop stop = running.await();
        while (!(stop instanceof Stop.AtEvent at && at.event() == Stop.AtEvent.STOP)) {
            running = passThrough(stop).resume(StoppedTask.Resume.CONTINUE, 0);
            stop = running.await();
        }
        task = ((Stop.AtEvent) stop).task();
        return task;
    }

    private StoppedTask passThrough(Stop stop) {
        if (stop instanceof Stop.Gone gone) {
            throw new TaskGoneException(task.tid(), gone.status());
        }
        if (stop instanceof Stop.AtSignal at) {
            holdBack(at);
            return at.task();
        }
        Stop.AtEvent event = (Stop.AtEvent) stop;
        if (event.event() == Stop.AtEvent.CLONE || event.event() == Stop.AtEvent.FORK || event.event() == Stop.AtEvent.VFORK) {
            lastChild = new Pid((int) event.task().eventMessage());
        }
        return event.task();
    }

    private void holdBack(Stop.AtSignal at) {
        if (at.signal() != SIGSTOP) {
            throw new IllegalStateException("task " + task.tid() + " got signal " + at.signal() + " in a call made for us, at "
                    + at.task().registers());
        }
        stopSignalHeldBack = true;
    }

    /** Sends again what was held back, now that the thread is at home. */
    void sendHeldBack() {
        if (stopSignalHeldBack) {
            ProcessCalls.kill(task.tid(), SIGSTOP);
        }
    }
}
