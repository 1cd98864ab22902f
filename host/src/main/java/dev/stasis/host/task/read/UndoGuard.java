package dev.stasis.host.task.read;

import dev.stasis.host.task.freeze.FrozenTask;
import dev.stasis.linux.Pid;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.SystemCalls;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.proc.TaskStat;
import dev.stasis.linux.process.UndoLists;
import dev.stasis.spi.Problem;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Finds processes whose end would change System V semaphores, because of semop(2) with SEM_UNDO: the kernel would undo what they
 * did when the dump ends them. Which processes have a list of what is to be undone, kcmp(2) tells by comparing with a task of the
 * kernel, which has none; but every process that ever had a second thread has one. What is in it only the kernel knows, and
 * {@link UndoLists} reads it there.
 *
 * <p>Where that cannot be, a process with a list is named if it was the last that used a semaphore; and, if it has one thread, also if
 * any set was used by somebody since it started.
 */
final class UndoGuard {
    private static final int GETPID = 11;
    private static final int KCMP_SYSVSEM = 6;
    private static final int TICKS_PER_SECOND = 100;
    private static final Pid KERNEL_THREAD = new Pid(2);

    private final List<FrozenTask> tasks;
    private final List<Problem> problems;
    /** The sets that there are, with their sizes. */
    private final Map<Integer, Integer> sizes = new HashMap<>();
    /** When each was used last, in seconds since 1970. */
    private final Map<Integer, Long> used = new HashMap<>();

    UndoGuard(List<FrozenTask> tasks, List<Problem> problems) {
        this.tasks = tasks;
        this.problems = problems;
    }

    void check() {
        Optional<byte[]> table = ProcFile.tryRead(tasks.get(0).pid(), "../sysvipc/sem");
        readSets(table.isEmpty() ? "" : new String(table.get(), StandardCharsets.ISO_8859_1));
        if (sizes.isEmpty()) {
            return;
        }
        boolean kernel = isKernelThread();
        Optional<UndoLists> lists = Optional.empty();
        boolean asked = false;
        try {
            for (FrozenTask task : tasks) {
                if (!task.isEnded() && mayHaveList(task, kernel)) {
                    lists = asked ? lists : UndoLists.tryOpen();
                    asked = true;
                    OptionalInt set = lists.isPresent() ? lists.get().setUndone(task.pid(), sizes) : supposed(task, kernel);
                    if (set.isPresent()) {
                        problems.add(problem(task, set.getAsInt()));
                    }
                }
            }
        } finally {
            if (lists.isPresent()) {
                lists.get().close();
            }
        }
    }

    private static Problem problem(FrozenTask task, int set) {
        return new Problem(GuardError.SEMAPHORE_UNDO, "task " + task.pid(), "what it did to System V semaphores, such as set " + set
                + ", is undone when it ends (semop with SEM_UNDO)",
                "try again when it holds no semaphore, or have it use semaphores without SEM_UNDO");
    }

    private static boolean mayHaveList(FrozenTask task, boolean kernel) {
        return !kernel || SystemCalls.tryCall(SyscallNumber.KCMP, task.pid().number(), KERNEL_THREAD.number(), KCMP_SYSVSEM, 0, 0) != 0;
    }

    private static boolean isKernelThread() {
        Optional<byte[]> stat = ProcFile.tryRead(KERNEL_THREAD, "stat");
        return stat.isPresent() && TaskStat.parse(stat.get()).isKernelThread();
    }

    /** What can be told from outside. */
    private OptionalInt supposed(FrozenTask task, boolean kernel) {
        for (Map.Entry<Integer, Integer> set : sizes.entrySet()) {
            for (int i = 0; i < set.getValue(); i++) {
                if (SystemCalls.tryCall(SyscallNumber.SEMCTL, set.getKey(), i, GETPID, 0) == task.pid().number()) {
                    return OptionalInt.of(set.getKey());
                }
            }
        }
        return kernel && task.frozenThreads().size() == 1 ? usedSince(task) : OptionalInt.empty();
    }

    private OptionalInt usedSince(FrozenTask task) {
        String uptime = new String(ProcFile.read(task.pid(), "../uptime"), StandardCharsets.ISO_8859_1);
        long age = Long.parseLong(uptime.substring(0, uptime.indexOf('.'))) - task.stat().startTime() / TICKS_PER_SECOND;
        long started = System.currentTimeMillis() / 1000 - age - 1;
        for (Map.Entry<Integer, Long> set : used.entrySet()) {
            if (set.getValue() >= started) {
                return OptionalInt.of(set.getKey());
            }
        }
        return OptionalInt.empty();
    }

    /** Lines of key, number, mode, size, four owners, the times of last use and of last change; below their names. */
    private void readSets(String table) {
        int at = table.indexOf('\n') + 1;
        while (at > 0 && at < table.length()) {
            int end = table.indexOf('\n', at);
            String[] words = table.substring(at, end < 0 ? table.length() : end).strip().split(" +");
            int set = Integer.parseInt(words[1]);
            sizes.put(set, Integer.parseInt(words[3]));
            used.put(set, Long.parseLong(words[8]));
            at = end < 0 ? table.length() : end + 1;
        }
    }
}
