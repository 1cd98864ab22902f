package dev.stasis.host.task.read;

import dev.stasis.host.state.Sharing;
import dev.stasis.host.task.freeze.FrozenTask;
import dev.stasis.linux.Pid;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.proc.TaskStat;
import dev.stasis.spi.Problem;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds processes that share a kernel object in a way that cannot be kept: an address space, as a child of vfork(2) does; or a
 * descriptor table or current directory that some process outside of the tree has too, or one that its parent has not.
 */
final class SharingGuard {
    private final List<FrozenTask> tasks;
    private final List<Problem> problems;
    private final TreeSharing sharing;

    SharingGuard(List<FrozenTask> tasks, List<Problem> problems) {
        this.tasks = tasks;
        this.problems = problems;
        this.sharing = TreeSharing.find(tasks);
    }

    void check() {
        Set<Integer> inside = new HashSet<>();
        for (FrozenTask task : tasks) {
            inside.add(task.pid().number());
            if (!task.isEnded()) {
                checkMemory(task.pid());
                checkDescent(task);
            }
        }
        for (Pid process : ProcFile.processes()) {
            if (!inside.contains(process.number())) {
                checkOutsider(process);
            }
        }
    }

    private void checkMemory(Pid pid) {
        Pid other = sharing.memoryOf(pid);
        if (!other.equals(pid)) {
            add(GuardError.SHARED_ADDRESS_SPACE, pid, "it shares its memory with process " + named(other),
                    "try again when the child has started its program");
        }
    }

    /** Whoever is to share must be cloned by one that has the object. */
    private void checkDescent(FrozenTask task) {
        Sharing own = sharing.of(task.pid());
        Sharing ofParent = task.parent() == null ? own : sharing.of(task.parent());
        boolean shares = !own.descriptors().equals(task.pid()) || !own.fileSystem().equals(task.pid());
        if (shares && isAdopted(task)) {
            add(GuardError.SHARED_OBJECT, task.pid(), "it shares descriptors or directories with process "
                    + named(own.descriptors().equals(task.pid()) ? own.fileSystem() : own.descriptors())
                    + ", which is in another session", "");
        }
        if (!own.descriptors().equals(task.pid()) && !own.descriptors().equals(ofParent.descriptors())) {
            add(GuardError.SHARED_OBJECT, task.pid(), "it shares its descriptor table with process " + named(own.descriptors())
                    + ", but its parent " + task.parent() + " does not", "");
        }
        if (!own.fileSystem().equals(task.pid()) && !own.fileSystem().equals(ofParent.fileSystem())) {
            add(GuardError.SHARED_OBJECT, task.pid(), "it shares its current directory and umask (CLONE_FS) with process "
                    + named(own.fileSystem()) + ", but its parent " + task.parent() + " does not", "");
        }
    }

    /** One in a session that its parent is not in may have come from elsewhere, and is born there. */
    private boolean isAdopted(FrozenTask task) {
        for (FrozenTask other : tasks) {
            if (other.pid().equals(task.parent())) {
                return task.stat().session() != task.pid().number() && task.stat().session() != other.stat().session();
            }
        }
        return false;
    }

    private void checkOutsider(Pid outsider) {
        Pid insider = sharing.memoryWith(outsider);
        if (insider != null) {
            add(GuardError.SHARED_ADDRESS_SPACE, insider, "it shares its memory with process " + named(outsider)
                    + ", which is not of the tree", "try again when the child has started its program");
        }
        insider = sharing.descriptorsWith(outsider);
        if (insider != null) {
            add(GuardError.SHARED_OBJECT, insider, "it shares its descriptor table with process " + named(outsider)
                    + ", which is not of the tree", "dump the tree that has both of them");
        }
        insider = sharing.fileSystemWith(outsider);
        if (insider != null) {
            add(GuardError.SHARED_OBJECT, insider, "it shares its current directory and umask (CLONE_FS) with process "
                    + named(outsider) + ", which is not of the tree", "dump the tree that has both of them");
        }
    }

    private static String named(Pid pid) {
        Optional<byte[]> stat = ProcFile.tryRead(pid, "stat");
        return stat.isEmpty() ? pid.toString() : pid + " (" + TaskStat.parse(stat.get()).name() + ")";
    }

    private void add(GuardError code, Pid tid, String reason, String help) {
        problems.add(new Problem(code, "task " + tid, reason, help));
    }
}
