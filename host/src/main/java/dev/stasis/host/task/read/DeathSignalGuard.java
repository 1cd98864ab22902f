package dev.stasis.host.task.read;

import dev.stasis.host.state.TaskState;
import dev.stasis.host.state.ThreadState;
import dev.stasis.linux.Pid;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.spi.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds who is to get a signal when its parent ends (PR_SET_PDEATHSIG) and has a thread other than the first for its parent: to the
 * kernel it is that thread's end which counts, and restored children are the first thread's. Looks at /proc of a frozen tree.
 */
public final class DeathSignalGuard {
    private DeathSignalGuard() {}

    /** What stands in the way of a dump of {@code tasks}; empty when nothing does. */
    public static List<Problem> check(List<TaskState> tasks) {
        List<Problem> problems = new ArrayList<>();
        for (TaskState task : tasks) {
            if (hasDeathSignal(task) && isOfLaterThread(task, tasks)) {
                problems.add(new Problem(GuardError.CHILD_OF_THREAD, "task " + task.pid(), "it is to get a signal (PR_SET_PDEATHSIG)"
                        + " when the thread of " + task.parent() + " that started it ends, and would get it later: restored children"
                        + " are those of the first thread", "have the first thread start it, or do without that signal"));
            }
        }
        return problems;
    }

    private static boolean hasDeathSignal(TaskState task) {
        for (ThreadState thread : task.threads()) {
            if (thread.parentDeathSignal() != 0) {
                return true;
            }
        }
        return false;
    }

    private static boolean isOfLaterThread(TaskState child, List<TaskState> tasks) {
        for (TaskState parent : tasks) {
            if (parent.pid().equals(child.parent()) && parent.threads().size() > 1) {
                return !ofFirstThread(parent.pid()).contains(child.pid());
            }
        }
        return false;
    }

    private static List<Pid> ofFirstThread(Pid parent) {
        Optional<byte[]> children = ProcFile.tryRead(parent, "task/" + parent + "/children");
        return children.isEmpty() ? List.of() : ProcFile.parsePids(children.get());
    }
}
