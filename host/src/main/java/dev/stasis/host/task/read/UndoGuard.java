package dev.stasis.host.task.read;

import dev.stasis.host.task.freeze.FrozenTask;
import dev.stasis.linux.Pid;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.SystemCalls;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.proc.TaskStat;
import dev.stasis.spi.Problem;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds processes whose end would change System V semaphores, because of semop(2) with SEM_UNDO: the kernel would undo what they
 * did when the dump ends them, and nothing tells how much that is. Whether a process has a list of what is to be undone, kcmp(2)
 * tells by comparing with a task of the kernel, which has none; a process with threads always has one, but it may be empty. So such
 * a process is named only when it was the last that used a semaphore.
 */
final class UndoGuard {
    private static final int GETPID = 11;
    private static final int KCMP_SYSVSEM = 6;
    private static final Pid KERNEL_THREAD = new Pid(2);

    private final List<FrozenTask> tasks;
    private final List<Problem> problems;

    UndoGuard(List<FrozenTask> tasks, List<Problem> problems) {
        this.tasks = tasks;
        this.problems = problems;
    }

    void check() {
        Optional<byte[]> table = ProcFile.tryRead(tasks.get(0).pid(), "../sysvipc/sem");
        Map<Integer, Integer> lastUsed = table.isEmpty() ? Map.of() : lastUsed(new String(table.get(), StandardCharsets.ISO_8859_1));
        if (lastUsed.isEmpty()) {
            return;
        }
        boolean kernel = isKernelThread();
        for (FrozenTask task : tasks) {
            if (!task.isEnded()) {
                check(task, lastUsed, kernel);
            }
        }
    }

    private void check(FrozenTask task, Map<Integer, Integer> lastUsed, boolean kernel) {
        Integer set = lastUsed.get(task.pid().number());
        long order = kernel ? SystemCalls.tryCall(SyscallNumber.KCMP, task.pid().number(), KERNEL_THREAD.number(), KCMP_SYSVSEM, 0, 0) : -1;
        boolean certain = order > 0 && task.frozenThreads().size() == 1;
        if (certain || order != 0 && set != null) {
            problems.add(new Problem(GuardError.SEMAPHORE_UNDO, "task " + task.pid(), "what it did to System V semaphores"
                    + (set == null ? "" : ", such as set " + set + ",") + " is undone when it ends (semop with SEM_UNDO)",
                    "try again when it holds no semaphore, or have it use semaphores without SEM_UNDO"));
        }
    }

    private static boolean isKernelThread() {
        Optional<byte[]> stat = ProcFile.tryRead(KERNEL_THREAD, "stat");
        return stat.isPresent() && TaskStat.parse(stat.get()).isKernelThread();
    }

    /** For each process that was the last to use a semaphore, the set of one such. */
    private static Map<Integer, Integer> lastUsed(String table) {
        Map<Integer, Integer> last = new HashMap<>();
        int at = table.indexOf('\n') + 1;
        while (at > 0 && at < table.length()) {
            int end = table.indexOf('\n', at);
            String[] words = table.substring(at, end < 0 ? table.length() : end).strip().split(" +");
            int set = Integer.parseInt(words[1]);
            for (int i = Integer.parseInt(words[3]) - 1; i >= 0; i--) {
                last.put((int) SystemCalls.tryCall(SyscallNumber.SEMCTL, set, i, GETPID, 0), set);
            }
            at = end < 0 ? table.length() : end + 1;
        }
        return last;
    }
}
