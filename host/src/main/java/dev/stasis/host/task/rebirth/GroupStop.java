package dev.stasis.host.task.rebirth;

import dev.stasis.host.state.ThreadState;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.linux.ptrace.Injection;
import dev.stasis.linux.ptrace.RunningTask;
import dev.stasis.linux.ptrace.Stop;
import dev.stasis.linux.ptrace.StoppedTask;
import dev.stasis.linux.ptrace.TaskGoneException;
import java.util.ArrayList;
import java.util.List;

/**
 * Stops a process under construction as SIGSTOP does, while we still hold it: it stays stopped when it is let go of, and its
 * parent has been told by then. No thread runs an instruction of its own.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/ptrace.2.html">ptrace(2)</a> group-stop
 */
final class GroupStop {
    private static final int SIGSTOP = 19;
    private static final long ALL = -1L;

    private final Newborn task;

    GroupStop(Newborn task) {
        this.task = task;
    }

    /** Takes all threads home and stops them; returns them as they have to be detached. */
    List<StoppedTask> enter() {
        List<StoppedTask> home = new ArrayList<>(task.threads.size());
        for (int i = 0; i < task.threads.size(); i++) {
            home.add(goHome(task.threads.get(i), task.state.threads().get(i)));
        }
        ProcessCalls.killThread(task.pid(), task.pid(), SIGSTOP);
        List<StoppedTask> stopped = new ArrayList<>(home.size());
        // The leader takes the signal, which makes the others stop as soon as they are let.
        for (int i = 0; i < home.size(); i++) {
            StoppedTask thread = awaitGroupStop(home.get(i).resume(StoppedTask.Resume.CONTINUE, 0));
            thread.signalMask(task.state.threads().get(i).signalMask());
            stopped.add(thread);
        }
        return stopped;
    }

    /** With all signals blocked, because those that wait for it must go on waiting; SIGSTOP cannot be blocked. */
    private static StoppedTask goHome(Injection thread, ThreadState state) {
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
