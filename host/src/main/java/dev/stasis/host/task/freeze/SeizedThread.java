package dev.stasis.host.task.freeze;

import dev.stasis.linux.Pid;
import dev.stasis.linux.ptrace.Registers;
import dev.stasis.linux.ptrace.RunningTask;
import dev.stasis.linux.ptrace.Stop;
import dev.stasis.linux.ptrace.StoppedTask;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** A thread on its way from running to frozen. */
final class SeizedThread {
    /** How long a thread is looked at until it waits in its call; one that does not then has ended it by itself. */
    private static final long PATIENCE_NANOS = 200_000_000;
    /** So often without a pause; from then on a busy machine is left some time to let the thread get there. */
    private static final int LOOKS = 100;
    private static final long PAUSE_NANOS = 50_000;

    private final Pid tid;
    private RunningTask running;
    private StoppedTask stopped;
    private Registers registers;
    private int stopSignal;
    private boolean gone;
    private boolean mayRun;
    private boolean watched;
    private int looks;
    private long watchedSince;
    private boolean outOfPatience;
    private int hiddenCall;

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

    /** The signal that had stopped the process before; 0 for none. */
    int stopSignal() {
        return stopSignal;
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
        watched = false;
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
            watch();
            return Optional.empty();
        }
        watched = false;
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
        stopSignal = at.isGroupStop() ? at.signal() : 0;
        registers = at.task().registers();
        if (RestartedCall.hides(registers) && hiddenCall == RestartedCall.UNKNOWN && stopSignal == 0 && !outOfPatience) {
            watchedSince = System.nanoTime();
            running = at.task().resume(StoppedTask.Resume.CONTINUE, 0);
            watched = true;
            return Optional.empty();
        }
        stopped = at.task();
        makeCallAgain();
        return Optional.empty();
    }

    /** Back in its call, from which it was just taken, it shows which one that is. Then it is stopped for good. */
    private void watch() {
        if (watched) {
            hiddenCall = RestartedCall.find(tid, registers);
            outOfPatience = System.nanoTime() - watchedSince > PATIENCE_NANOS;
            if (hiddenCall != RestartedCall.UNKNOWN || outOfPatience) {
                watched = false;
                running.interrupt();
            } else if (++looks > LOOKS) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    /**
     * At once, because should we die before, a call that ends by the mere stop returns EINTR to a program that got no signal:
     * allowed by signal(7), but noticed. Where the kernel would go on with restart_syscall(2), a seccomp filter that does not
     * know that call may kill the thread: there the call itself is made again.
     */
    private void makeCallAgain() {
        Registers found = registers;
        if (RestartedCall.hides(found) && hiddenCall != RestartedCall.UNKNOWN) {
            registers = found.with(Registers.Name.ORIG_RAX, hiddenCall);
        }
        registers = stopped.isFiltered() ? RestartTable.forImage(registers) : RestartTable.forRelease(registers);
        if (registers != found) {
            stopped.registers(registers);
        }
    }

    /** Any stop takes back the request to stop, so it is made again. */
    void goOn(StoppedTask task, int signal) {
        hiddenCall = RestartedCall.UNKNOWN;
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
