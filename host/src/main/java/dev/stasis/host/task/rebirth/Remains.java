package dev.stasis.host.task.rebirth;

import dev.stasis.host.state.Scheduling;
import dev.stasis.host.state.ThreadState;
import dev.stasis.linux.SyscallNumber;
import java.nio.charset.StandardCharsets;

/**
 * What the kernel goes on telling of a process that has ended, as long as its parent does not ask for it: set while it is being
 * made, before it ends again.
 */
final class Remains {
    private static final int PR_SET_NAME = 15;
    private static final int PR_SET_TIMERSLACK = 29;

    private final Newborn task;
    private final ThreadState leader;
    private final Inherited inherited;

    Remains(Newborn task, Inherited inherited) {
        this.task = task;
        this.leader = task.state.threads().get(0);
        this.inherited = inherited;
    }

    /** What must be set while it lives; afterwards its privileges are gone, and it can do nothing but end. */
    void prepare() {
        byte[] name = (leader.name() + "\0").getBytes(StandardCharsets.ISO_8859_1);
        task.later("prctl PR_SET_NAME", SyscallNumber.PRCTL, PR_SET_NAME, name);
        if (!areKnown()) {
            return;
        }
        Signals signals = new Signals(task);
        signals.act();
        signals.send();
        if (leader.timerSlack() != inherited.timerSlack()) {
            task.later("prctl PR_SET_TIMERSLACK", SyscallNumber.PRCTL, PR_SET_TIMERSLACK, leader.timerSlack());
        }
        Settings settings = new Settings(task, inherited);
        settings.apply();
        settings.limit();
        if (isDeadline()) {
            settings.schedule();
        }
        new SeccompChange(task).make();
        new Identity(task, inherited).assume();
    }

    /** How it was scheduled, when it has ended: with a low priority that would only take long. */
    void complete() {
        if (areKnown() && !isDeadline()) {
            new Settings(task, inherited).schedule();
        }
    }

    /** Its share of the CPU is given back when it ends; one given to the dead would never be. */
    private boolean isDeadline() {
        return leader.scheduling().policy() == Scheduling.DEADLINE;
    }

    /** Images of earlier versions say nothing of it. */
    private boolean areKnown() {
        return leader.credentials() != null;
    }
}
