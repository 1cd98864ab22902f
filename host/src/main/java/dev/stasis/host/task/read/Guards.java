package dev.stasis.host.task.read;

import dev.stasis.host.task.freeze.FrozenTask;
import dev.stasis.host.task.freeze.FrozenThread;
import dev.stasis.host.task.freeze.FrozenTree;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.Pid;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.proc.TaskStatus;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.linux.process.ProcessCalls.Shared;
import dev.stasis.linux.ptrace.SeccompFilter;
import dev.stasis.spi.Problem;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Says what a frozen tree has that a dump would lose, all of it at once. Only looks: no call is made in any task. From the
 * thread that froze the tree.
 */
public final class Guards {
    private static final String[] NAMESPACES = {"cgroup", "ipc", "mnt", "net", "pid", "pid_for_children", "time",
        "time_for_children", "user", "uts"};
    /** Those that a thread can have apart from its process without giving up their common directory. */
    private static final String[] NAMESPACES_OF_THREADS = {"cgroup", "ipc", "net", "uts"};

    private final List<Problem> problems = new ArrayList<>();
    private final UnixPath[] ours = new UnixPath[NAMESPACES.length];

    private Guards() {}

    /** All that stands in the way of dumping {@code tree}; empty when nothing does. */
    public static List<Problem> check(FrozenTree tree) {
        Guards guards = new Guards();
        List<FrozenTask> tasks = tree.tasks();
        Kinship.of(tree).check(guards.problems);
        for (int i = 0; i < tasks.size(); i++) {
            if (!tasks.get(i).isEnded()) {
                guards.checkTask(tasks.get(i));
            }
        }
        guards.checkControlGroups(tasks);
        new TimerGuard(tasks, guards.problems).check();
        new SharingGuard(tasks, guards.problems).check();
        new SegmentGuard(tasks, guards.problems).check();
        new UndoGuard(tasks, guards.problems).check();
        return guards.problems;
    }

    /** What a dump of {@code tree} loses that is no reason to refuse it, one line each; after {@link #check}, which has read it. */
    public static List<String> warnings(FrozenTree tree) {
        List<String> warnings = new ArrayList<>(0);
        for (FrozenTask task : tree.tasks()) {
            for (FrozenThread thread : task.isEnded() ? List.<FrozenThread>of() : task.frozenThreads()) {
                if (thread.status().mitigatesSpeculation()) {
                    warnings.add("task " + thread.tid() + ": that it asked for protection from speculative execution"
                            + " (PR_SET_SPECULATION_CTRL) is not kept");
                }
            }
        }
        return warnings;
    }

    private void checkTask(FrozenTask task) {
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
        if (thread.stopped().hasThreadAreas()) {
            add(GuardError.LOCAL_DESCRIPTOR_TABLE, tid, "it has memory segments of its own (set_thread_area)",
                    "end what runs 32-bit code in it");
        }
        TaskStatus status = thread.status();
        if (status.seccomp() != 0) {
            checkSeccomp(tid, thread);
        }
        if (status.threadFeatures().contains("shstk")) {
            add(GuardError.SHADOW_STACK, tid, "it has a shadow stack",
                    "start the program with GLIBC_TUNABLES=glibc.cpu.x86_shstk=off");
        }
        if (!tid.equals(task.pid())) {
            checkSharing(task.pid(), tid);
            checkNamespacesOfThread(task.pid(), tid);
        }
    }

    private void checkSeccomp(Pid tid, FrozenThread thread) {
        try {
            for (SeccompFilter filter : thread.stopped().seccompFilters()) {
                if (filter.asksSupervisor()) {
                    add(GuardError.SECCOMP, tid, "a seccomp filter of it has a supervising process judge calls"
                            + " (SECCOMP_RET_USER_NOTIF)", "run the program without that sandbox");
                }
            }
        } catch (KernelException e) {
            add(GuardError.SECCOMP, tid, "its seccomp filters cannot be read (" + e.errno() + ")",
                    "run Stasis as root, outside of a confining container, or the program without its sandbox");
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

    private void checkNamespacesOfThread(Pid leader, Pid tid) {
        for (String name : NAMESPACES_OF_THREADS) {
            UnixPath own = FileCalls.readLink(ProcFile.path(tid, "ns/" + name));
            if (!own.equals(ours(name)) && !own.equals(FileCalls.readLink(ProcFile.path(leader, "ns/" + name)))) {
                add(GuardError.NESTED_NAMESPACE, tid, "it is in another " + name + " namespace than its process " + leader, "");
            }
        }
    }

    private UnixPath ours(String name) {
        for (int i = 0; i < NAMESPACES.length; i++) {
            if (NAMESPACES[i].equals(name)) {
                return ours[i];
            }
        }
        throw new IllegalArgumentException(name);
    }

    /** A tree comes back in the control group of whoever restores it; tasks that were moved to others would move. */
    private void checkControlGroups(List<FrozenTask> tasks) {
        String root = null;
        for (int i = 0; i < tasks.size() && tasks.size() > 1; i++) {
            if (tasks.get(i).isEnded()) {
                continue;
            }
            String groups = new String(ProcFile.read(tasks.get(i).pid(), "cgroup"), StandardCharsets.UTF_8);
            root = root == null ? groups : root;
            if (!groups.equals(root)) {
                add(GuardError.SEVERAL_CONTROL_GROUPS, tasks.get(i).pid(), "it is in another control group ("
                        + groups.strip().replace("\n", ", ") + ") than the root of the tree (" + root.strip().replace("\n", ", ")
                        + ")", "move it to the same group, by writing its pid to that group's cgroup.procs");
            }
        }
    }

    private void add(GuardError code, Pid tid, String reason, String help) {
        problems.add(new Problem(code, "task " + tid, reason, help));
    }
}
