package dev.stasis.host.task.rebirth;

import dev.stasis.host.state.TaskState;
import dev.stasis.host.state.ThreadState;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.linux.ptrace.Injection;
import dev.stasis.linux.ptrace.StoppedTask;
import java.util.ArrayList;
import java.util.List;

/** The last steps: what takes privileges away, then registers, then all tasks are let go of in one go. */
final class Resumption {
    private static final int PR_SET_PDEATHSIG = 1;
    private static final int PR_SET_DUMPABLE = 4;
    private static final int PR_SET_NO_NEW_PRIVS = 38;
    private static final int SIGSTOP = 19;

    private final List<Newborn> tasks;
    private final Inherited inherited;
    private final List<StoppedTask> ready = new ArrayList<>();

    Resumption(List<Newborn> tasks, Inherited inherited) {
        this.tasks = tasks;
        this.inherited = inherited;
    }

    /** Makes all tasks ready to go; they are stopped with their own registers then. */
    void prepare(boolean stayStopped) {
        for (Newborn task : tasks) {
            new Signals(task).send();
            new Settings(task, inherited).limit();
            becomeWhoItWas(task);
            leaveNothingBehind(task);
        }
        for (Newborn task : tasks) {
            for (int i = 0; i < task.threads.size(); i++) {
                ready.add(goHome(task.threads.get(i), task.state.threads().get(i)));
            }
            new Settings(task, inherited).schedule();
            if (stayStopped || task.state.life() == TaskState.Life.STOPPED) {
                stop(task);
            }
        }
    }

    /** Lets go of all in one loop, as tight as can be: a task that runs already must not wait for long for the others. */
    void go() {
        for (StoppedTask thread : ready) {
            thread.detach();
        }
    }

    private void becomeWhoItWas(Newborn task) {
        boolean changed = false;
        for (int i = 0; i < task.threads.size(); i++) {
            Injection thread = task.threads.get(i);
            ThreadState state = task.state.threads().get(i);
            CredentialChange change = new CredentialChange(thread, task.arena, inherited.credentials(), state.credentials());
            if (change.isNeeded()) {
                change.make();
                changed = true;
            }
            if (state.parentDeathSignal() != 0) {
                thread.call("prctl PR_SET_PDEATHSIG", SyscallNumber.PRCTL, PR_SET_PDEATHSIG, state.parentDeathSignal());
            }
            if (state.noNewPrivileges()) {
                thread.call("prctl PR_SET_NO_NEW_PRIVS", SyscallNumber.PRCTL, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
            }
        }
        int dumpable = task.state.settings().dumpable();
        if (dumpable == 0 || dumpable == 1 && changed) { // 2 cannot be asked for; it comes by itself with the credentials
            task.call("prctl PR_SET_DUMPABLE", SyscallNumber.PRCTL, PR_SET_DUMPABLE, dumpable);
        }
    }

    private static void leaveNothingBehind(Newborn task) {
        task.closeDescriptor(task.knowsUsBy());
        new Timers(task).arm();
        task.call("munmap", SyscallNumber.MUNMAP, task.arena.base().value(), Hole.ARENA_SIZE);
    }

    private static StoppedTask goHome(Injection thread, ThreadState state) {
        StoppedTask stopped = thread.end(state.registers(), state.signalMask());
        if (state.extendedState().length > 0) {
            stopped.extendedState(state.extendedState());
        }
        return stopped;
    }

    /** Each thread gets a stop signal of its own, so that none runs a single instruction before it takes effect. */
    private static void stop(Newborn task) {
        for (Injection thread : task.threads) {
            ProcessCalls.killThread(task.pid(), thread.tid(), SIGSTOP);
        }
    }
}
