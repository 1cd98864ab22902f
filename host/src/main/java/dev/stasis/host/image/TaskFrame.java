package dev.stasis.host.image;

import dev.stasis.host.image.proto.fs_entry;
import dev.stasis.host.image.proto.task_core_entry;
import dev.stasis.host.state.DescriptorEntry;
import dev.stasis.host.state.IntervalTimer;
import dev.stasis.host.state.Leader;
import dev.stasis.host.state.MemoryState;
import dev.stasis.host.state.PosixTimer;
import dev.stasis.host.state.ResourceLimit;
import dev.stasis.host.state.Sharing;
import dev.stasis.host.state.SignalAction;
import dev.stasis.host.state.TaskState;
import dev.stasis.host.state.TaskState.Life;
import dev.stasis.host.state.ThreadState;
import dev.stasis.linux.Pid;
import dev.stasis.linux.ptrace.SignalInfo;
import java.util.List;

/** What is known of a task from the tree and its threads' files, until the rest of it is read. */
record TaskFrame(Pid pid, Pid parent, Leader group, Leader session, List<ThreadState> threads) {

    /** What the leader's file says of the process's signals, timers and limits. */
    record Signals(
            List<SignalAction> actions,
            List<SignalInfo> pending,
            List<IntervalTimer> intervals,
            List<PosixTimer> timers,
            List<ResourceLimit> limits) {}

    /** Reads these out of {@code core}. */
    static Signals signals(task_core_entry core) {
        return new Signals(SignalCodec.read(core.getSigactionsList()), SignalCodec.queue(core.getSignalsS()),
                TimerCodec.intervals(core.getTimers()), TimerCodec.posix(core.getTimers()), TaskCodec.limits(core));
    }

    /** The task as one that has ended. */
    TaskState ended(task_core_entry core) {
        List<SignalAction> actions = core.getSigactionsCount() == 0 ? List.of() : SignalCodec.read(core.getSigactionsList());
        return new TaskState(pid, parent, group, session, Life.ENDED, core.getExitCode(), threads, null, actions,
                SignalCodec.queue(core.getSignalsS()), List.of(), List.of(), TaskCodec.limits(core), null, List.of(),
                TaskCodec.settings(core), Sharing.alone(pid), TaskCodec.exitSignal(core));
    }

    /** The task as one that lives. */
    TaskState living(
            task_core_entry core, Signals signals, MemoryState memory, fs_entry fileSystem, List<DescriptorEntry> descriptors,
            Sharing sharing) {
        return new TaskState(pid, parent, group, session, TaskCodec.life(core), core.getExitCode(), threads, memory,
                signals.actions(), signals.pending(), signals.intervals(), signals.timers(), signals.limits(),
                TreeCodec.fileSystem(fileSystem), descriptors, TaskCodec.settings(core), sharing, TaskCodec.exitSignal(core));
    }
}
