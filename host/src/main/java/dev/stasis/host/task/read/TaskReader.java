package dev.stasis.host.task.read;

import dev.stasis.host.state.FileSystemState;
import dev.stasis.host.state.IntervalTimer;
import dev.stasis.host.state.Leader;
import dev.stasis.host.state.MemorySettings;
import dev.stasis.host.state.MemoryState;
import dev.stasis.host.state.PosixTimer;
import dev.stasis.host.state.ResourceLimit;
import dev.stasis.host.state.Sharing;
import dev.stasis.host.state.SignalAction;
import dev.stasis.host.state.TaskSettings;
import dev.stasis.host.state.TaskState;
import dev.stasis.host.state.TaskState.Life;
import dev.stasis.host.state.ThreadState;
import dev.stasis.host.task.freeze.FrozenTask;
import dev.stasis.host.task.freeze.FrozenThread;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteCalls;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.proc.TaskStat;
import dev.stasis.linux.proc.TaskStatus;
import dev.stasis.linux.proc.TimerEntry;
import dev.stasis.linux.ptrace.WaitStatus;
import dev.stasis.spi.Holder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads the whole state of a frozen process but for the contents of its memory. From the thread that froze it. One thread
 * after the other is asked to make the calls that only it can make; all are at home again when this returns.
 */
public final class TaskReader {
    private final FrozenTask task;
    private final Kinship kinship;
    private final TaskFiles files;
    private final Sharing sharing;
    private final Pid pid;
    private final TaskStat stat;
    private List<IntervalTimer> intervalTimers;
    private List<PosixTimer> posixTimers;
    private List<SignalAction> actions;
    private MemoryState memory;
    private TaskSettings settings;
    private String sessionKeyring;
    private List<ResourceLimit> limits;

    private TaskReader(FrozenTask task, Kinship kinship, TaskFiles files, Sharing sharing) {
        this.task = task;
        this.kinship = kinship;
        this.sharing = sharing;
        this.files = files;
        this.pid = task.pid();
        this.stat = task.stat();
    }

    /**
     * The state of {@code task}: {@code kinship} knows its groups and sessions, {@code files} its files, {@code sharing} what it
     * has in common with others.
     */
    public static TaskState read(FrozenTask task, Kinship kinship, TaskFiles files, Sharing sharing) {
        return task.isEnded() ? EndedTask.read(task, kinship.groupOf(task), kinship.sessionOf(task))
                : new TaskReader(task, kinship, files, sharing).living();
    }

    /** {@code state} with the signals that wait now: to be asked last, because some may have come since it was read. */
    public static TaskState withPending(TaskState state, FrozenTask task) {
        if (task.isEnded()) {
            return state;
        }
        List<ThreadState> threads = new ArrayList<>(state.threads().size());
        for (int i = 0; i < state.threads().size(); i++) {
            threads.add(state.threads().get(i).withPending(task.frozenThreads().get(i).stopped().pendingSignals(false)));
        }
        return state.withPending(threads, task.frozenThreads().get(0).stopped().pendingSignals(true));
    }

    private TaskState living() {
        TaskStatus status = task.frozenThreads().get(0).status();
        List<ThreadState> threads = new ArrayList<>(task.threads().size());
        for (FrozenThread thread : task.frozenThreads()) {
            boolean leader = threads.isEmpty();
            ThreadReader reader = leader ? new ThreadReader(thread, stat.name(), stat.flags(), status) : other(thread);
            try (RemoteCalls calls = task.remoteCalls(thread)) {
                ControlCalls control = new ControlCalls(calls);
                if (leader) {
                    askProcess(calls, control, status);
                }
                reader.ask(calls, control);
            }
            threads.add(reader.state());
        }
        return new TaskState(pid, task.parent(), group(), session(), task.isGroupStopped() ? Life.STOPPED : Life.RUNNING,
                task.isGroupStopped() ? WaitStatus.stoppedBy(task.stopSignal()).raw() : 0,
                threads, memory, actions, task.frozenThreads().get(0).stopped().pendingSignals(true), intervalTimers,
                posixTimers, limits, fileSystem(status), files.table(pid), settings, sharing, task.exitSignal());
    }

    private ThreadReader other(FrozenThread thread) {
        TaskStat own = TaskStat.parse(ProcFile.read(pid, "task/" + thread.tid() + "/stat"));
        return new ThreadReader(thread, own.name(), own.flags(), thread.status());
    }

    /** Timers first, because they run on while the process stands. */
    private void askProcess(RemoteCalls calls, ControlCalls control, TaskStatus status) {
        intervalTimers = TimerReader.intervalTimers(calls);
        Optional<byte[]> timers = ProcFile.tryRead(pid, "timers");
        posixTimers = timers.isEmpty() ? List.of() : TimerReader.posixTimers(calls, TimerEntry.parse(timers.get()), task);
        LocalDescriptorTable.refuse(calls, pid);
        ExtendedFeatures.refuse(calls, pid);
        Keyrings.refuse(calls, pid);
        actions = SignalReader.actions(calls, status);
        memory = MemoryReader.read(task, stat, files, calls);
        sessionKeyring = Keyrings.ofSession(calls);
        settings = settings(control, new MemorySettingsReader(calls, pid).read(task.areas()));
        limits = LimitReader.read(calls, pid);
    }

    private TaskSettings settings(ControlCalls control, MemorySettings ofMemory) {
        return new TaskSettings((int) number("personality", 16), (int) control.returned(ControlCalls.GET_DUMPABLE),
                control.writtenInt(ControlCalls.GET_CHILD_SUBREAPER) != 0, control.returned(ControlCalls.GET_HUGE_PAGES_DISABLED) != 0,
                (int) number("coredump_filter", 16), (int) number("oom_score_adj", 10), false, ofMemory,
                task.parent() == null ? ControlGroups.of(pid) : "", sessionKeyring);
    }

    private long number(String file, int base) {
        return Bytes.number(ProcFile.read(pid, file), base);
    }

    private FileSystemState fileSystem(TaskStatus status) {
        return new FileSystemState(files.idOf(new Holder.CurrentDirectory(pid)), files.idOf(new Holder.RootDirectory(pid)),
                status.umask());
    }

    private Leader group() {
        return kinship.groupOf(task);
    }

    private Leader session() {
        return kinship.sessionOf(task);
    }
}
