package dev.stasis.host.state;

import dev.stasis.linux.Pid;
import dev.stasis.linux.ptrace.SignalInfo;
import java.util.List;

/**
 * One process of the tree.
 *
 * @param pid its number
 * @param parent its parent's number; null for the root of the tree
 * @param group its process group, by the leader
 * @param session its session, by the leader
 * @param life whether it runs, is stopped by a signal, or has ended and waits for its parent
 * @param exitStatus of a task that has ended or is stopped by a signal, as wait4(2) gives it; 0 otherwise
 * @param threads all of them, the leader first; for an ended task one with what the kernel still tells of it
 * @param memory its address space; null for an ended task
 * @param actions what signals do, one for each signal that does not have the default action
 * @param pending signals waiting for the process as a whole, oldest first
 * @param intervalTimers ITIMER_REAL, ITIMER_VIRTUAL and ITIMER_PROF, in this order
 * @param posixTimers made by timer_create(2)
 * @param limits one for each resource, in the kernel's order
 * @param fileSystem current directory, root, umask
 * @param descriptors its descriptor table, in the order of numbers
 * @param settings the rest
 * @param sharing which of these objects it has in common with an earlier process
 * @param exitSignal what its parent gets when it ends: SIGCHLD unless clone(2) was asked for another, 0 for none
 */
public record TaskState(
        Pid pid,
        Pid parent,
        Leader group,
        Leader session,
        Life life,
        int exitStatus,
        List<ThreadState> threads,
        MemoryState memory,
        List<SignalAction> actions,
        List<SignalInfo> pending,
        List<IntervalTimer> intervalTimers,
        List<PosixTimer> posixTimers,
        List<ResourceLimit> limits,
        FileSystemState fileSystem,
        List<DescriptorEntry> descriptors,
        TaskSettings settings,
        Sharing sharing,
        int exitSignal) {

    /** The same with other settings. */
    public TaskState with(TaskSettings other) {
        return new TaskState(pid, parent, group, session, life, exitStatus, threads, memory, actions, pending, intervalTimers,
                posixTimers, limits, fileSystem, descriptors, other, sharing, exitSignal);
    }

    /** The same with other waiting signals: those of {@code threads} and {@code ofProcess}. */
    public TaskState withPending(List<ThreadState> waiting, List<SignalInfo> ofProcess) {
        return new TaskState(pid, parent, group, session, life, exitStatus, waiting, memory, actions, ofProcess, intervalTimers,
                posixTimers, limits, fileSystem, descriptors, settings, sharing, exitSignal);
    }

    /** What a task is doing. */
    public enum Life {
        RUNNING,
        STOPPED,
        ENDED
    }
}
