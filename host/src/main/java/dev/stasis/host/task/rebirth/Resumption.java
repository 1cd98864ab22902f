package dev.stasis.host.task.rebirth;

import dev.stasis.host.state.TaskState;
import dev.stasis.host.state.ThreadState;
import dev.stasis.host.task.freeze.Watchdog;
import dev.stasis.linux.Pid;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.ptrace.StoppedTask;
import dev.stasis.spi.Log;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The last steps: what takes privileges away, then registers, then all tasks are let go of in one go. */
final class Resumption {
    private static final int P_PID = 1;
    private static final int WNOHANG_STOPPED = 3;

    private final List<Newborn> tasks;
    private final Inherited inherited;
    private final Log log;
    private final List<StoppedTask> ready = new ArrayList<>();

    Resumption(List<Newborn> tasks, Inherited inherited, Log log) {
        this.tasks = tasks;
        this.inherited = inherited;
        this.log = log;
    }

    /**
     * Makes all tasks ready to go; they are stopped with their own registers then. Children come before their parents: one
     * that is to stay stopped tells its parent so, by a SIGCHLD and to wait4(2). What the parent had got or read long ago is
     * taken away again before the parent gets the signals that did wait for it.
     */
    void prepare(boolean stayStopped) {
        Map<Pid, List<TaskState>> stopped = new HashMap<>();
        for (int i = tasks.size() - 1; i >= 0; i--) {
            Newborn task = tasks.get(i);
            forgetStops(task, stopped.getOrDefault(task.number(), List.of()));
            new Signals(task).send();
            Settings settings = new Settings(task, inherited);
            settings.memory();
            settings.limit();
            new SeccompChange(task).make();
            new Identity(task, inherited).assume();
            leaveNothingBehind(task);
            if (isToStop(task, stayStopped)) {
                ready.addAll(new GroupStop(task, log).enter());
                stopped.computeIfAbsent(task.state.parent(), parent -> new ArrayList<>()).add(task.state);
            }
        }
        for (Newborn task : tasks) {
            if (!isToStop(task, stayStopped)) {
                for (int i = 0; i < task.threads.size(); i++) {
                    ready.add(goHome(task.threads.get(i), task.state.threads().get(i)));
                }
            }
            new Settings(task, inherited).schedule();
        }
    }

    private static void forgetStops(Newborn parent, List<TaskState> stopped) {
        for (TaskState child : stopped) {
            if (!child.settings().stopUnread()) {
                parent.later("waitid", SyscallNumber.WAITID, P_PID, child.pid().number(), 0, WNOHANG_STOPPED, 0);
            }
        }
        if (!stopped.isEmpty()) {
            Funeral.forgetChildSignals(parent);
        }
    }

    private static boolean isToStop(Newborn task, boolean stayStopped) {
        return stayStopped || task.state.life() == TaskState.Life.STOPPED;
    }

    /** Has the first process of the tree's pid namespace ready too. */
    void prepareInit(Newborn init, Pid root) {
        ready.add(0, NamespaceInit.prepare(init, root));
    }

    /**
     * Lets go of all in one loop, as tight as can be: a task that runs already must not wait for long for the others. Whether all
     * come back or none is decided by one act, so that our death never leaves a part of them:
     * 1 the watchdog is there, and kills all if we die before step 3;
     * 2 none is killed by the kernel any more when we die, one after the other;
     * 3 the watchdog is told;
     * 4 none is held any more, one after the other: should we die, the kernel lets go of the rest.
     *
     * @param watchdog none for a single process, which is killed as a whole whichever of its threads is
     */
    void go(Optional<Watchdog> watchdog) {
        for (StoppedTask thread : ready) {
            thread.options(0);
        }
        if (watchdog.isPresent()) {
            watchdog.get().tell();
        }
        for (StoppedTask thread : ready) {
            thread.detach();
        }
    }

    private static void leaveNothingBehind(Newborn task) {
        task.forgetUs();
        new Timers(task).arm();
        task.call("munmap", SyscallNumber.MUNMAP, task.arena.base().value(), Hole.ROOM_SIZE);
    }

    private static StoppedTask goHome(NewbornThread thread, ThreadState state) {
        StoppedTask stopped = thread.end(state.registers(), state.signalMask());
        if (state.extendedState().length > 0) {
            stopped.extendedState(state.extendedState());
        }
        return stopped;
    }
}
