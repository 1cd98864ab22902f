package dev.stasis.host.task.rebirth;

import dev.stasis.host.state.Credentials;
import dev.stasis.host.state.TaskState;
import dev.stasis.host.state.ThreadState;
import dev.stasis.linux.SyscallNumber;

/** Makes the threads of one process act as who they were; what takes privileges comes before. */
final class Identity {
    private static final int PR_SET_PDEATHSIG = 1;
    private static final int PR_SET_DUMPABLE = 4;
    private static final int PR_SET_NO_NEW_PRIVS = 38;

    private final Newborn task;
    private final Inherited inherited;

    Identity(Newborn task, Inherited inherited) {
        this.task = task;
        this.inherited = inherited;
    }

    void assume() {
        boolean changed = false;
        for (int i = 0; i < task.threads.size(); i++) {
            changed |= assume(task.threads.get(i), task.state.threads().get(i));
        }
        int dumpable = task.state.settings().dumpable();
        if (dumpable == 0 || dumpable == 1 && changed) { // 2 cannot be asked for; it comes by itself with the credentials
            task.later("prctl PR_SET_DUMPABLE", SyscallNumber.PRCTL, PR_SET_DUMPABLE, dumpable);
        }
    }

    private boolean assume(NewbornThread thread, ThreadState state) {
        new Settings(task, inherited).ofThread(thread, state.settings());
        CredentialChange change = new CredentialChange(thread, inherited.credentials(), wanted(state));
        boolean changed = change.isNeeded();
        if (changed) {
            change.make();
        }
        if (state.parentDeathSignal() != 0) {
            thread.later("prctl PR_SET_PDEATHSIG", SyscallNumber.PRCTL, PR_SET_PDEATHSIG, state.parentDeathSignal());
        }
        if (state.noNewPrivileges()) {
            thread.later("prctl PR_SET_NO_NEW_PRIVS", SyscallNumber.PRCTL, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        }
        return changed;
    }

    /** Capabilities that the dead had are nothing to fail for. */
    private Credentials wanted(ThreadState state) {
        Credentials wanted = state.credentials();
        return task.state.life() == TaskState.Life.ENDED ? wanted.within(inherited.credentials()) : wanted;
    }
}
