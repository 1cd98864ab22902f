package dev.stasis.host.task.rebirth;

import dev.stasis.host.state.AlternateStack;
import dev.stasis.host.state.Credentials;
import dev.stasis.host.state.DescriptorEntry;
import dev.stasis.host.state.FileSystemState;
import dev.stasis.host.state.Leader;
import dev.stasis.host.state.Mapping;
import dev.stasis.host.state.MemoryLayout;
import dev.stasis.host.state.MemorySettings;
import dev.stasis.host.state.MemoryState;
import dev.stasis.host.state.Scheduling;
import dev.stasis.host.state.Seccomp;
import dev.stasis.host.state.Sharing;
import dev.stasis.host.state.TaskSettings;
import dev.stasis.host.state.TaskState;
import dev.stasis.host.state.ThreadSettings;
import dev.stasis.host.state.ThreadState;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.ptrace.Registers;
import dev.stasis.linux.ptrace.RseqRegistration;
import dev.stasis.spi.OpenFileId;
import java.util.List;
import java.util.Set;

/** Records of tasks for tests that look at nothing but a few of their fields. */
final class Records {
    static final Credentials ROOT = new Credentials(0, 0, 0, 0, 0, 0, 0, 0, List.of(), 0, 0x1ffffffffffL, 0x1ffffffffffL,
            0x1ffffffffffL, 0, 0);

    private static final int SIGCHLD = 17;

    private Records() {}

    static TaskState task(int pid, Integer parent, int group, int session, Mapping... mappings) {
        return new TaskState(new Pid(pid), parent == null ? null : new Pid(parent), Leader.of(group), Leader.of(session),
                TaskState.Life.RUNNING, 0, List.of(thread(pid)), memory(List.of(mappings)), List.of(), List.of(), List.of(), List.of(),
                List.of(), new FileSystemState(new OpenFileId(1), new OpenFileId(2), 022), List.of(),
                new TaskSettings(0, 1, false, false, 0x33, 0, false, MemorySettings.USUAL, "", ""),
                Sharing.alone(new Pid(pid)), SIGCHLD);
    }

    static ThreadState thread(int tid) {
        return new ThreadState(new Pid(tid), "task", Registers.of(new long[Registers.COUNT]), new byte[0], 0, List.of(),
                new AlternateStack(RemoteAddress.NULL, 0, 2), RemoteAddress.NULL, 0, RemoteAddress.NULL,
                new RseqRegistration(RemoteAddress.NULL, 0, 0, 0), new Scheduling(0, 0, 0, 0, 0, 0, 0, 0, new byte[0]), ROOT, 0,
                50000, false, Seccomp.UNCONFINED, ThreadSettings.USUAL);
    }

    static MemoryState memory(List<Mapping> mappings) {
        return new MemoryState(new MemoryLayout(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), new long[0], new OpenFileId(3), mappings);
    }

    static Mapping mapping(long start, long end, int protection, Mapping.Kind kind, String... flags) {
        return new Mapping(new RemoteAddress(start), new RemoteAddress(end), protection, kind, null, false, 0, 0, Set.of(flags));
    }

    /** The same task under another number and in other company. */
    static TaskState like(TaskState task, Pid pid, Pid parent, Leader group, Leader session, TaskState.Life life, int status) {
        ThreadState leader = task.threads().get(0);
        ThreadState thread = new ThreadState(pid, leader.name(), leader.registers(), leader.extendedState(), leader.signalMask(),
                leader.pending(), leader.alternateStack(), leader.robustList(), leader.robustListSize(), leader.clearChildTid(),
                leader.rseq(), leader.scheduling(), leader.credentials(), leader.parentDeathSignal(), leader.timerSlack(),
                leader.noNewPrivileges(), leader.seccomp(), leader.settings());
        return new TaskState(pid, parent, group, session, life, status, List.of(thread), task.memory(), task.actions(),
                task.pending(), task.intervalTimers(), task.posixTimers(), task.limits(), task.fileSystem(), task.descriptors(),
                task.settings(), Sharing.alone(pid), task.exitSignal());
    }

    static TaskState withDescriptors(TaskState task, List<DescriptorEntry> descriptors) {
        return new TaskState(task.pid(), task.parent(), task.group(), task.session(), task.life(), task.exitStatus(), task.threads(),
                task.memory(), task.actions(), task.pending(), task.intervalTimers(), task.posixTimers(), task.limits(),
                task.fileSystem(), descriptors, task.settings(), task.sharing(), task.exitSignal());
    }

    static TaskState withMappings(TaskState task, List<Mapping> mappings) {
        MemoryState memory = new MemoryState(task.memory().layout(), task.memory().auxiliaryVector(), task.memory().executable(), mappings);
        return new TaskState(task.pid(), task.parent(), task.group(), task.session(), task.life(), task.exitStatus(), task.threads(),
                memory, task.actions(), task.pending(), task.intervalTimers(), task.posixTimers(), task.limits(),
                task.fileSystem(), task.descriptors(), task.settings(), task.sharing(),
                task.exitSignal());
    }
}
