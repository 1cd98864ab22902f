package dev.stasis.host.task.read;

import dev.stasis.host.state.AlternateStack;
import dev.stasis.host.state.Credentials;
import dev.stasis.host.state.Scheduling;
import dev.stasis.host.state.Seccomp;
import dev.stasis.host.state.ThreadSettings;
import dev.stasis.host.state.ThreadState;
import dev.stasis.host.task.freeze.FrozenThread;
import dev.stasis.host.task.freeze.RestartTable;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.RemoteCalls;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.proc.TaskStatus;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.linux.process.RobustList;
import dev.stasis.linux.process.SchedulingAttributes;
import dev.stasis.linux.process.ThreadCalls;
import dev.stasis.linux.ptrace.SignalInfo;
import java.util.List;

/** Reads one thread: what can be had from outside while it is at home, then what only it can tell. */
final class ThreadReader {
    private static final int STACK_T = 24;

    private final FrozenThread thread;
    private final String name;
    private final TaskStatus status;
    private final long mask;
    private final List<SignalInfo> pending;
    private final RobustList robustList;
    private final Scheduling scheduling;
    private final Seccomp seccomp;
    private AlternateStack alternateStack;
    private RemoteAddress clearChildTid;
    private int parentDeathSignal;
    private long timerSlack;
    private int secureBits;
    private final long kernelFlags;
    private ThreadSettings settings;

    /** Reads from outside; no scope of calls may be open in {@code thread}. */
    ThreadReader(FrozenThread thread, String name, long kernelFlags, TaskStatus status) {
        this.thread = thread;
        this.kernelFlags = kernelFlags;
        this.name = name;
        this.status = status;
        this.mask = thread.stopped().signalMask();
        this.pending = thread.stopped().pendingSignals(false);
        this.robustList = ThreadCalls.robustList(thread.tid());
        this.scheduling = scheduling(thread.tid());
        this.seccomp = status.seccomp() == Seccomp.NONE ? Seccomp.UNCONFINED
                : new Seccomp(status.seccomp(), thread.stopped().seccompFilters());
    }

    /** How the kernel schedules {@code tid}, which may have ended. */
    static Scheduling scheduling(Pid tid) {
        SchedulingAttributes attributes = ThreadCalls.scheduling(tid);
        return new Scheduling(attributes.policy(), attributes.flags(), attributes.nice(), attributes.priority(),
                attributes.runtime(), attributes.deadline(), attributes.period(), ThreadCalls.ioPriority(tid),
                ProcessCalls.affinity(tid));
    }

    /** Asks the thread itself, through {@code calls} that it makes. */
    void ask(RemoteCalls calls, ControlCalls control) {
        RemoteAddress stack = calls.lend(STACK_T);
        calls.call(SyscallNumber.SIGALTSTACK, 0, stack.value());
        byte[] bytes = calls.read(stack, STACK_T);
        alternateStack = new AlternateStack(new RemoteAddress(Bytes.longAt(bytes, 0)), Bytes.longAt(bytes, 16),
                Bytes.intAt(bytes, 8));
        clearChildTid = orNull(new RemoteAddress(control.writtenLong(ControlCalls.GET_TID_ADDRESS)));
        parentDeathSignal = control.writtenInt(ControlCalls.GET_PARENT_DEATH_SIGNAL);
        // Not from itself if it can be helped: while it makes calls for us it may have none.
        timerSlack = thread.timerSlack().isPresent() ? thread.timerSlack().getAsLong()
                : control.returned(ControlCalls.GET_TIMER_SLACK);
        secureBits = (int) control.returned(ControlCalls.GET_SECURE_BITS);
        settings = ThreadSettings.of(kernelFlags, control.writtenInt(ControlCalls.GET_TIME_STAMP_COUNTER),
                new MemoryPolicyReader(calls).ofThread());
    }

    private static RemoteAddress orNull(RemoteAddress address) {
        return address.isNull() ? null : address;
    }

    /** All that was read. */
    ThreadState state() {
        Credentials credentials = CredentialsReader.credentials(status, secureBits);
        return new ThreadState(thread.tid(), name, RestartTable.forImage(thread.registers()), thread.extendedState(), mask,
                pending, alternateStack, orNull(robustList.head()), robustList.size(), clearChildTid, thread.rseq(), scheduling,
                credentials, parentDeathSignal, timerSlack, status.noNewPrivileges(), seccomp, settings);
    }
}
