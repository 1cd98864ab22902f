package dev.stasis.host.task.read;

import dev.stasis.host.task.freeze.FrozenTask;
import dev.stasis.host.task.freeze.FrozenThread;
import dev.stasis.linux.Pid;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.proc.TaskStat;
import dev.stasis.linux.proc.TaskStatus;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.linux.process.ProcessCalls.Shared;
import dev.stasis.spi.Problem;
import java.util.ArrayList;
import java.util.List;

/**
 * Says what a frozen tree has that a dump would lose, all of it at once. Only looks: no call is made in any task. From the
 * thread that froze the tree.
 */
public final class Guards {
    private static final String[] NAMESPACES = {"cgroup", "ipc", "mnt", "net", "pid", "pid_for_children", "time", "user", "uts"};

    private final List<Problem> problems = new ArrayList<>();
    private final UnixPath[] ours = new UnixPath[NAMESPACES.length];

    private Guards() {}

    /** All that stands in the way of dumping {@code tasks}, which are those of one tree; empty when nothing does. */
    public static List<Problem> check(List<FrozenTask> tasks) {
        Guards guards = new Guards();
        for (int i = 0; i < tasks.size(); i++) {
            if (!tasks.get(i).isEnded()) {
                guards.checkTask(tasks.get(i));
                guards.checkSharedMemory(tasks, i);
            }
        }
        return guards.problems;
    }

    private void checkTask(FrozenTask task) {
        TaskStat stat = task.stat();
        if (stat.group() == 0 || stat.session() == 0) {
            add(GuardError.FOREIGN_SESSION, task.pid(), "its process group or session belongs to another pid namespace", "");
        }
        checkNamespaces(task.pid());
        for (FrozenThread thread : task.frozenThreads()) {
            checkThread(task, thread);
        }
        new MemoryGuard(task, problems).check();
    }

    private void checkNamespaces(Pid pid) {
        for (int i = 0; i < NAMESPACES.length; i++) {
            String name = NAMESPACES[i];
            if (ours[i] == null) {
                ours[i] = FileCalls.readLink(UnixPath.of("/proc/self/ns/" + name));
            }
            if (!ours[i].equals(FileCalls.readLink(ProcFile.path(pid, "ns/" + name)))) {
                add(GuardError.NESTED_NAMESPACE, pid, "it is in another " + name + " namespace than Stasis",
                        "run Stasis inside the same namespaces, for example with nsenter(1)");
            }
        }
    }

    private void checkThread(FrozenTask task, FrozenThread thread) {
        Pid tid = thread.tid();
        if (!thread.registers().is64Bit()) {
            add(GuardError.COMPAT_TASK, tid, "it runs 32-bit code", "");
        }
        if (thread.stopped().dispatchesOwnCalls()) {
            add(GuardError.SYSCALL_USER_DISPATCH, tid, "it handles system calls itself (PR_SET_SYSCALL_USER_DISPATCH)", "");
        }
        TaskStatus status = thread.status();
        if (status.seccomp() != 0) {
            add(GuardError.SECCOMP, tid, "seccomp confines it", "run the program without its sandbox");
        }
        if (status.threadFeatures().contains("shstk")) {
            add(GuardError.SHADOW_STACK, tid, "it has a shadow stack",
                    "start the program with GLIBC_TUNABLES=glibc.cpu.x86_shstk=off");
        }
        if (!tid.equals(task.pid())) {
            checkSharing(task.pid(), tid);
        }
    }

    private void checkSharing(Pid leader, Pid tid) {
        if (!ProcessCalls.share(leader, tid, Shared.DESCRIPTORS)) {
            add(GuardError.UNSHARED_THREAD, tid, "it has a descriptor table of its own, apart from its process " + leader, "");
        }
        if (!ProcessCalls.share(leader, tid, Shared.FILE_SYSTEM)) {
            add(GuardError.UNSHARED_THREAD, tid, "it has a current directory of its own, apart from its process " + leader, "");
        }
    }

    /** Two processes with one address space or descriptor table: a child of vfork(2) or of clone(2) with such flags. */
    private void checkSharedMemory(List<FrozenTask> tasks, int index) {
        Pid pid = tasks.get(index).pid();
        if (index == 0) {
            int parent = tasks.get(index).stat().parent();
            if (parent > 0) {
                checkSharedMemory(pid, new Pid(parent));
            }
        }
        for (int i = 0; i < index; i++) {
            if (!tasks.get(i).isEnded()) {
                checkSharedMemory(pid, tasks.get(i).pid());
            }
        }
    }

    private void checkSharedMemory(Pid pid, Pid other) {
        if (ProcessCalls.share(pid, other, Shared.MEMORY)) {
            add(GuardError.SHARED_ADDRESS_SPACE, pid, "it shares its memory with process " + other,
                    "try again when the child has started its program");
        }
        if (ProcessCalls.share(pid, other, Shared.DESCRIPTORS)) {
            add(GuardError.SHARED_ADDRESS_SPACE, pid, "it shares its descriptor table with process " + other, "");
        }
    }

    private void add(GuardError code, Pid tid, String reason, String help) {
        problems.add(new Problem(code, "task " + tid, reason, help));
    }
}
