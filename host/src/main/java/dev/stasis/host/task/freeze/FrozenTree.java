package dev.stasis.host.task.freeze;

import dev.stasis.linux.KernelException;
import dev.stasis.linux.Pid;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.linux.ptrace.RunningTask;
import dev.stasis.linux.ptrace.Stop;
import dev.stasis.linux.ptrace.TaskGoneException;
import dev.stasis.spi.Log;
import java.util.ArrayList;
import java.util.List;

/**
 * A tree of processes that stands still. Exactly one of {@link #release}, {@link #kill} and {@link #leaveStopped} ends that;
 * {@link #close} releases it when none did. Only the thread that froze it may use it; should that thread or this process
 * end, the tree runs on.
 */
public final class FrozenTree implements AutoCloseable {
    private static final int SIGKILL = 9;
    private static final int SIGSTOP = 19;

    private final List<FrozenTask> tasks;
    private final List<Neighbour> neighbours;
    private final CpuPin pin;
    private final long since;
    private final long freezingNanos;
    private final Log log;
    private boolean ended;

    FrozenTree(List<FrozenTask> tasks, List<Neighbour> neighbours, CpuPin pin, long since, long freezingNanos,
            Log log) {
        this.tasks = List.copyOf(tasks);
        this.neighbours = List.copyOf(neighbours);
        this.pin = pin;
        this.since = since;
        this.freezingNanos = freezingNanos;
        this.log = log;
    }

    /** Its processes, each behind its parent; the root first. */
    public List<FrozenTask> tasks() {
        return tasks;
    }

    /** The living processes outside of it that are in one of its process groups or sessions. */
    public List<Neighbour> neighbours() {
        return neighbours;
    }

    /** The process at its root. */
    public FrozenTask root() {
        return tasks.get(0);
    }

    /** How long it took until all stood. */
    public long freezingNanos() {
        return freezingNanos;
    }

    /** When it began to freeze, in the time of {@link System#nanoTime}. */
    public long frozenSince() {
        return since;
    }

    /** How the freezing thread is kept on one CPU; threads that it starts inherit that. */
    public CpuPin pin() {
        return pin;
    }

    /** Lets all go on as if nothing had been. What was stopped by a signal before stays so. */
    public void release() {
        requireFrozen();
        detachAll();
        end();
    }

    /** Kills all; returns when all have ended, each a zombie until its parent takes notice. */
    public void kill() {
        requireFrozen();
        signalAll(SIGKILL);
        for (FrozenTask task : tasks) {
            awaitEnd(task);
        }
        end();
    }

    /** Lets all go, stopped by SIGSTOP: SIGCONT makes them go on. */
    public void leaveStopped() {
        requireFrozen();
        signalAll(SIGSTOP);
        detachAll();
        end();
    }

    /** All or none, also if this process is killed meanwhile: a loop of ours could end halfway. */
    private void signalAll(int signal) {
        List<Pid> living = new ArrayList<>(tasks.size());
        for (FrozenTask task : tasks) {
            if (!task.isEnded()) {
                living.add(task.pid());
            }
        }
        if (living.size() > 1 && signalAtOnce(signal, living)) {
            return;
        }
        for (Pid pid : living) {
            ProcessCalls.kill(pid, signal);
        }
    }

    /** Whether a watchdog has done it. Somebody may have killed it, also in the middle; then some may have got the signal. */
    private boolean signalAtOnce(int signal, List<Pid> living) {
        Watchdog watchdog;
        try {
            watchdog = Watchdog.spawn(Watchdog.Order.WHEN_TOLD, signal, living);
        } catch (KernelException | TaskGoneException e) {
            log.warn("no process can be had that sends signal " + signal + " to all of the tree at once, or somebody killed it ("
                    + e.getMessage() + "): they get it one after the other, so do not kill this one in between");
            return false;
        }
        watchdog.tell();
        watchdog.close();
        if (watchdog.wasKilled()) {
            log.warn("somebody killed the process that was to send signal " + signal + " to all of the tree at once: what is left of it"
                    + " gets it one after the other, so do not kill this one in between");
        }
        return !watchdog.wasKilled();
    }

    /** One loop, because those released first would take the CPU from us. */
    private void detachAll() {
        for (FrozenTask task : tasks) {
            for (FrozenThread thread : task.frozenThreads()) {
                thread.detach();
            }
        }
    }

    /** The leader last, because it is waited for until its threads are gone. */
    private static void awaitEnd(FrozenTask task) {
        List<Pid> tids = task.threads();
        for (int i = tids.size() - 1; i >= 0; i--) {
            RunningTask running = RunningTask.attached(tids.get(i));
            while (!(running.await() instanceof Stop.Gone)) {
                ProcessCalls.kill(task.pid(), SIGKILL);
            }
        }
    }

    private void requireFrozen() {
        if (ended) {
            throw new IllegalStateException("the tree is not frozen any more");
        }
    }

    private void end() {
        ended = true;
        pin.close();
        for (FrozenTask task : tasks) {
            task.close();
        }
    }

    @Override
    public void close() {
        if (!ended) {
            release();
        }
    }
}
