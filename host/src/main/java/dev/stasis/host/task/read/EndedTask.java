package dev.stasis.host.task.read;

import dev.stasis.host.state.Leader;
import dev.stasis.host.state.MemorySettings;
import dev.stasis.host.state.ResourceLimit;
import dev.stasis.host.state.Seccomp;
import dev.stasis.host.state.Sharing;
import dev.stasis.host.state.SignalAction;
import dev.stasis.host.state.TaskSettings;
import dev.stasis.host.state.TaskState;
import dev.stasis.host.state.TaskState.Life;
import dev.stasis.host.state.ThreadSettings;
import dev.stasis.host.state.ThreadState;
import dev.stasis.host.task.freeze.FrozenTask;
import dev.stasis.host.task.freeze.TimerSlack;
import dev.stasis.linux.Pid;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.proc.TaskStatus;
import dev.stasis.linux.process.LimitCalls;
import dev.stasis.linux.ptrace.SeccompFilter;
import dev.stasis.linux.ptrace.SignalInfo;
import dev.stasis.linux.ptrace.WaitStatus;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads what the kernel still tells of a process that has ended and waits for its parent: who it was, how it was scheduled, which
 * signals it blocked. Nothing of that acts any more, but its parent may ask (siginfo_t has the uid), and so may ps(1). What the
 * kernel does not tell, such as the addresses of handlers and the contents of seccomp filters, has something in its place.
 */
final class EndedTask {
    private static final int SIGNALS = 64;
    private static final int SIGKILL = 9;
    private static final int SIGSTOP = 19;
    private static final long SIG_IGN = 1;
    /** In place of the address of a handler: one that is neither the default action nor none. */
    private static final long SOME_HANDLER = 0x1000;
    /** In place of a seccomp filter: {@code return SECCOMP_RET_ALLOW}. */
    private static final byte[] SOME_FILTER = {6, 0, 0, 0, 0, 0, (byte) 0xff, 0x7f};
    /** The mode that /proc shows of a process that seccomp killed, whichever it was in. */
    private static final int SECCOMP_DEAD = 3;
    private static final byte[] NO_STATE = {};
    private static final long USUAL_TIMER_SLACK = 50_000;

    private final FrozenTask task;
    private final Pid pid;
    private final byte[] bytes;
    private final String text;
    private final TaskStatus status;

    private EndedTask(FrozenTask task) {
        this.task = task;
        this.pid = task.pid();
        this.bytes = ProcFile.read(pid, "status");
        this.text = new String(bytes, StandardCharsets.ISO_8859_1);
        this.status = TaskStatus.parse(bytes);
    }

    /** The state of {@code task}, which has ended, in {@code group} and {@code session}. */
    static TaskState read(FrozenTask task, Leader group, Leader session) {
        return new EndedTask(task).read(group, session);
    }

    private TaskState read(Leader group, Leader session) {
        TaskSettings settings = new TaskSettings((int) number("personality", 16), 0, false, false, 0,
                (int) number("oom_score_adj", 10), false, MemorySettings.USUAL, "", "");
        return new TaskState(pid, task.parent(), group, session, Life.ENDED, task.stat().exitCode(), List.of(thread()), null,
                actions(), pending("ShdPnd"), List.of(), List.of(), limits(), null, List.of(), settings, Sharing.alone(pid),
                task.exitSignal());
    }

    private ThreadState thread() {
        return new ThreadState(pid, task.stat().name(), null, NO_STATE, field("SigBlk", 16), pending("SigPnd"), null, null, 0, null,
                null, ThreadReader.scheduling(pid), CredentialsReader.credentials(status, 0), 0,
                TimerSlack.of(pid).orElse(USUAL_TIMER_SLACK), status.noNewPrivileges(), seccomp(), ThreadSettings.USUAL);
    }

    private long number(String file, int base) {
        return Bytes.number(ProcFile.read(pid, file), base);
    }

    /** The value of line {@code name} of the status in {@code base}; 0 when there is no such line. */
    private long field(String name, int base) {
        int start = text.indexOf("\n" + name + ":\t");
        if (start < 0) {
            return 0;
        }
        start += name.length() + 3;
        return Long.parseUnsignedLong(text.substring(start, text.indexOf('\n', start)), base);
    }

    /** The signal that ended it, as a bit; none when it ended by itself. */
    private long deadly() {
        WaitStatus end = new WaitStatus(task.stat().exitCode());
        return end.isKill() ? bit(end.killSignal()) : 0;
    }

    private static long bit(int signal) {
        return 1L << (signal - 1);
    }

    private List<SignalAction> actions() {
        List<SignalAction> actions = new ArrayList<>();
        long unchangeable = bit(SIGKILL) | bit(SIGSTOP) | deadly();
        long ignored = status.ignored() & ~unchangeable;
        long caught = status.caught() & ~unchangeable;
        for (int signal = 1; signal <= SIGNALS; signal++) {
            if (((ignored | caught) & bit(signal)) != 0) {
                actions.add(new SignalAction(signal, (ignored & bit(signal)) != 0 ? SIG_IGN : SOME_HANDLER, 0, 0, 0));
            }
        }
        return actions;
    }

    /** Those that waited because they were blocked; what else is told is the signal that ended it, or one that came too late. */
    private List<SignalInfo> pending(String field) {
        List<SignalInfo> pending = new ArrayList<>();
        long waiting = field(field, 16) & field("SigBlk", 16) & ~deadly();
        for (int signal = 1; signal <= SIGNALS; signal++) {
            if ((waiting & bit(signal)) != 0) {
                pending.add(new SignalInfo(ByteBuffer.allocate(SignalInfo.SIZE).order(ByteOrder.LITTLE_ENDIAN).putInt(0, signal)
                        .array()));
            }
        }
        return pending;
    }

    private Seccomp seccomp() {
        int mode = status.seccomp();
        long count = field("Seccomp_filters", 10);
        if (mode == SECCOMP_DEAD) {
            mode = count > 0 ? Seccomp.FILTER : Seccomp.NONE;
        }
        List<SeccompFilter> filters = new ArrayList<>();
        for (long i = mode == Seccomp.FILTER ? Math.max(1, count) : 0; i > 0; i--) {
            filters.add(new SeccompFilter(SOME_FILTER, 0));
        }
        return new Seccomp(mode, filters);
    }

    /** None when this process may not know them. */
    private List<ResourceLimit> limits() {
        List<ResourceLimit> limits = new ArrayList<>(LimitCalls.RESOURCES);
        for (int resource = 0; resource < LimitCalls.RESOURCES; resource++) {
            Optional<long[]> limit = LimitCalls.tryLimit(pid, resource);
            if (limit.isEmpty()) {
                return List.of();
            }
            limits.add(new ResourceLimit(resource, limit.get()[0], limit.get()[1]));
        }
        return limits;
    }
}
