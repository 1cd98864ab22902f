package dev.stasis.host.task.freeze;

import dev.stasis.linux.Pid;
import dev.stasis.linux.ptrace.Registers;
import dev.stasis.linux.ptrace.RunningTask;
import dev.stasis.linux.ptrace.Stop;
import dev.stasis.linux.ptrace.StoppedTask;
import java.util.Optional;

/** A thread on its way from running to frozen. */
final class SeizedThread {
    private static final int SIGTRAP = 5;

    private final Pid tid;
    private RunningTask running;
    private StoppedTask stopped;
    private Registers registers;
    private boolean groupStopped;
    private boolean gone;
    private boolean mayRun;

    SeizedThread(RunningTask running) {
        this.tid = running.tid();
        this.running = running;
    }

    Pid tid() {
        return tid;
    }

    boolean isStopped() {
        return stopped != null;
    }

    boolean isGone() {
        return gone;
    }

    /** Whether there is still something to wait for. */
    boolean isOpen() {
        return stopped == null && !gone;
    }

    boolean mayRun() {
        return mayRun;
    }

    boolean isGroupStopped() {
        return groupStopped;
    }

    StoppedTask stopped() {
        return stopped;
    }

    /** The registers it has since it stopped. */
    Registers registers() {
        return registers;
    }

    /** Asks it to stop, now for good. */
    void interrupt() {
        mayRun = false;
        if (isOpen()) {
            running.interrupt();
        }
    }

    /** Lets it run on for the time being: a child of vfork(2), whose parent cannot stop before. */
    void letRun() {
        mayRun = true;
        if (isStopped()) {
            running = stopped.resume(StoppedTask.Resume.CONTINUE, 0);
            stopped = null;
        }
    }

    /**
     * Looks whether something happened; returns the stop at which this thread gave birth to another, empty otherwise. A
     * signal that it was about to get is passed on: its handler runs when the thread is released.
     */
    Optional<Stop.AtEvent> poll() {
        Optional<Stop> stop = running.poll();
        if (stop.isEmpty()) {
            return Optional.empty();
        }
        if (stop.get() instanceof Stop.Gone) {
            gone = true;
        } else if (stop.get() instanceof Stop.AtEvent at) {
            return reachedEvent(at);
        } else if (stop.get() instanceof Stop.AtSignal at) {
            goOn(at.task(), at.signal());
        } else if (stop.get() instanceof Stop.AtSyscall at) {
            goOn(at.task(), 0);
        }
        return Optional.empty();
    }

    private Optional<Stop.AtEvent> reachedEvent(Stop.AtEvent at) {
        if (at.event() != Stop.AtEvent.STOP) {
            return Optional.of(at);
        }
        if (mayRun) {
            running = at.task().resume(StoppedTask.Resume.CONTINUE, 0);
            return Optional.empty();
        }
        stopped = at.task();
        groupStopped = at.signal() != SIGTRAP;
        makeCallAgain();
        return Optional.empty();
    }

    /**
     * At once, because should we die before, a call that ends by the mere stop returns EINTR to a program that got no signal:
     * allowed by signal(7), but noticed.
     */
    private void makeCallAgain() {
        Registers found = stopped.registers();
        registers = RestartTable.forRelease(found);
        if (registers != found) {
            stopped.registers(registers);
        }
    }

    /** Any stop takes back the request to stop, so it is made again. */
    void goOn(StoppedTask task, int signal) {
        running = task.resume(StoppedTask.Resume.CONTINUE, signal);
        if (!mayRun) {
            running.interrupt();
        }
    }

    void detach() {
        if (stopped != null) {
            stopped.detach();
        }
    }
}
