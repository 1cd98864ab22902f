package dev.stasis.host.task.freeze;

import dev.stasis.linux.Pid;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.proc.TaskStatus;
import dev.stasis.linux.ptrace.Injection;
import dev.stasis.linux.ptrace.Registers;
import dev.stasis.linux.ptrace.RemoteMemory;
import dev.stasis.linux.ptrace.RseqRegistration;
import dev.stasis.linux.ptrace.StoppedTask;
import java.util.OptionalLong;

/** One stopped thread. Only the thread that froze it may use it. */
public final class FrozenThread {
    private final Registers home;
    private final RseqRegistration rseq;
    private StoppedTask stopped;
    private byte[] extendedState;
    private TaskStatus status;
    private OptionalLong timerSlack;
    private boolean gone;

    private FrozenThread(StoppedTask stopped, Registers home, RseqRegistration rseq) {
        this.stopped = stopped;
        this.home = home;
        this.rseq = rseq;
    }

    /** The thread as it has to go on: out of a restartable sequence that the stop broke. Its registers are set so at once. */
    static FrozenThread settle(SeizedThread thread, RemoteMemory memory) {
        StoppedTask stopped = thread.stopped();
        RseqRegistration rseq = stopped.restartableSequences();
        Registers home = RestartableSequence.leave(thread.registers(), rseq, memory);
        if (home != thread.registers()) {
            stopped.registers(home);
        }
        return new FrozenThread(stopped, home, rseq);
    }

    /** The thread. */
    public Pid tid() {
        return stopped.tid();
    }

    /** The registers that it goes on with when it is released. */
    public Registers registers() {
        return home;
    }

    /** Its FPU and vector state, in the standard XSAVE layout; not to be changed. */
    public byte[] extendedState() {
        if (extendedState == null) {
            extendedState = stopped.extendedState();
        }
        return extendedState;
    }

    /** What the kernel tells of it, read once when first asked for: nothing of it changes while it stands still. */
    public TaskStatus status() {
        if (status == null) {
            status = TaskStatus.parse(ProcFile.read(tid(), "status"));
        }
        return status;
    }

    /**
     * Its timer slack in nanoseconds, read when first asked for; empty where this process may not know. Not while a scope of calls is
     * open in it, in which it may have none.
     */
    public OptionalLong timerSlack() {
        if (timerSlack == null) {
            timerSlack = TimerSlack.of(tid());
        }
        return timerSlack;
    }

    /** Its restartable sequences. */
    public RseqRegistration rseq() {
        return rseq;
    }

    /** The thread for reading more of its state; not while a scope of calls is open in it. */
    public StoppedTask stopped() {
        return stopped;
    }

    /** Whether it was killed meanwhile. */
    public boolean isGone() {
        return gone;
    }

    /** Ends {@code injection} in this thread, which is at home then. */
    void takeHome(Injection injection) {
        stopped = injection.end();
    }

    void markGone() {
        gone = true;
    }

    /** Lets it go on for good. */
    void detach() {
        if (!gone) {
            stopped.detach();
        }
    }
}
