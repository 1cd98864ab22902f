package dev.stasis.host.task.rebirth;

import dev.stasis.host.state.TaskState;
import dev.stasis.host.state.ThreadState;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.linux.ptrace.RunningTask;
import dev.stasis.linux.ptrace.Stop;
import dev.stasis.linux.ptrace.StoppedTask;
import dev.stasis.linux.ptrace.TaskGoneException;
import dev.stasis.linux.ptrace.WaitStatus;
import dev.stasis.spi.Log;
import java.util.ArrayList;
import java.util.List;

/**
 * Stops a process under construction by the signal that had stopped it, or else by SIGSTOP, while we still hold it: it stays
 * stopped when it is let go of, and its parent has been told by then. No thread runs an instruction of its own.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/ptrace.2.html">ptrace(2)</a> group-stop
 */
final class GroupStop {
    private static final int SIGSTOP = 19;
    private static final long ALL = -1L;

    private final Newborn task;
    private final Log log;

    GroupStop(Newborn task, Log log) {
        this.task = task;
        this.log = log;
    }

    /** Takes all threads home and stops them; returns them as they have to be detached. */
    List<StoppedTask> enter() {
        List<StoppedTask> home = new ArrayList<>(task.threads.size());
        for (int i = 0; i < task.threads.size(); i++) {
            home.add(goHome(task.threads.get(i), task.state.threads().get(i)));
        }
        // The leader takes the signal, which makes the others stop as soon as they are let.
        home.set(0, stopLeader(home.get(0)));
        for (int i = 0; i < home.size(); i++) {
            if (i > 0) {
                home.set(i, awaitGroupStop(home.get(i).resume(StoppedTask.Resume.CONTINUE, 0)));
            }
            home.get(i).signalMask(task.state.threads().get(i).signalMask());
        }
        return home;
    }

    /**
     * The signals of a terminal stop nobody in a process group that is an orphan, which it may be only now, without the parent
     * that it had outside of the tree. Then SIGSTOP takes their place.
     */
    private StoppedTask stopLeader(StoppedTask leader) {
        int signal = stopSignal();
        leader.signalMask(ALL & ~(1L << (signal - 1)));
        Stop.AtEvent stop = deliver(leader, signal);
        if (!stop.isGroupStop()) {
            log.warn(RestorePlan.subject(task.state) + ": it was stopped by signal " + signal
                    + ", which does not stop it where it is now; so it is stopped by SIGSTOP");
            stop = deliver(stop.task(), SIGSTOP);
        }
        return stop.task();
    }

    private int stopSignal() {
        WaitStatus status = new WaitStatus(task.state.exitStatus());
        return task.state.life() == TaskState.Life.STOPPED && status.isStop() ? status.stopSignal() : SIGSTOP;
    }

    /** Has the leader take {@code signal} and stop, even if it is not stopped by that: so it runs no instruction of its own. */
    private Stop.AtEvent deliver(StoppedTask leader, int signal) {
        ProcessCalls.killThread(task.pid(), task.pid(), signal);
        RunningTask running = leader.resume(StoppedTask.Resume.CONTINUE, 0);
        while (true) {
            Stop stop = running.await();
            if (stop instanceof Stop.AtEvent at && at.event() == Stop.AtEvent.STOP) {
                return at;
            }
            if (stop instanceof Stop.Gone gone) {
                throw new TaskGoneException(running.tid(), gone.status());
            }
            running = stop instanceof Stop.AtSignal at
                    ? at.task().resume(StoppedTask.Resume.CONTINUE, at.signal(), true) : goOn(stop);
        }
    }

    /** With all signals blocked, because those that wait for it must go on waiting; SIGSTOP cannot be blocked. */
    private static StoppedTask goHome(NewbornThread thread, ThreadState state) {
        StoppedTask stopped = thread.end(state.registers(), ALL);
        if (state.extendedState().length > 0) {
            stopped.extendedState(state.extendedState());
        }
        return stopped;
    }

    private static StoppedTask awaitGroupStop(RunningTask running) {
        while (true) {
            Stop stop = running.await();
            if (stop instanceof Stop.AtEvent at && at.isGroupStop()) {
                return at.task();
            }
            if (stop instanceof Stop.Gone gone) {
                throw new TaskGoneException(running.tid(), gone.status());
            }
            running = goOn(stop);
        }
    }

    private static RunningTask goOn(Stop stop) {
        if (stop instanceof Stop.AtSignal at) {
            return at.task().resume(StoppedTask.Resume.CONTINUE, at.signal());
        }
        StoppedTask task = stop instanceof Stop.AtEvent at ? at.task() : ((Stop.AtSyscall) stop).task();
        return task.resume(StoppedTask.Resume.CONTINUE, 0);
    }
}
