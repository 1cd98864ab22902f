package dev.stasis.host.task.rebirth;

import dev.stasis.host.state.TaskState;
import dev.stasis.host.state.ThreadState;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.Pid;
import dev.stasis.spi.Problem;
import java.util.List;
import java.util.Set;

/** What can be told of a rebirth by looking, before it begins. From any thread. */
public final class Prospects {
    private Prospects() {}

    /**
     * All that stands in the way of bringing {@code tasks} back and can be seen by looking: records that make no sense, numbers
     * that are taken. Waits up to two seconds for those that had a number last to be gone.
     */
    public static List<Problem> check(List<TaskState> tasks) {
        return check(tasks, false);
    }

    /** Like the other; with {@code newNamespace} all numbers are free but that of its first process. */
    public static List<Problem> check(List<TaskState> tasks, boolean newNamespace) {
        List<Problem> problems = RestorePlan.problems(tasks);
        Confinement.check(tasks, problems);
        if (!problems.isEmpty()) {
            return problems;
        }
        Set<Pid> numbers = RestorePlan.of(tasks).numbers();
        if (!newNamespace) {
            return NumberHolder.taken(numbers);
        }
        return !numbers.contains(NamespaceInit.NUMBER) ? problems : List.of(new Problem(RebirthError.PID_TAKEN, "pid 1",
                "the first process of a new pid namespace has it", "restore without --new-pidns"));
    }

    /**
     * Has the kernel give this pid namespace's next tasks numbers that {@code tasks} do not need. Of use before a program
     * starts that is to bring them back. Throws {@link KernelException} without the capability CAP_CHECKPOINT_RESTORE.
     */
    public static void avoidNumbers(List<TaskState> tasks) {
        NumberGap.among(RestorePlan.of(tasks).numbers()).enter();
    }

    /** Whether the root of {@code tasks} is to get a signal when its parent ends (PR_SET_PDEATHSIG). */
    public static boolean followsParent(List<TaskState> tasks) {
        for (ThreadState thread : tasks.isEmpty() ? List.<ThreadState>of() : tasks.get(0).threads()) {
            if (thread.parentDeathSignal() != 0) {
                return true;
            }
        }
        return false;
    }

    /** Why the root of {@code tasks} cannot come back as a child of this process's parent. */
    public static List<Problem> siblingProblems(List<TaskState> tasks) {
        RestorePlan plan = RestorePlan.of(tasks);
        return !plan.sessions().isLost(plan.sessions().atBirth(plan.root())) ? List.of() : List.of(new Problem(RebirthError.SESSION_UNREACHABLE,
                RestorePlan.subject(plan.root()), "the leader of its session is gone, so that another has to play it, which would be"
                + " left to the parent of this process", "restore it without -S"));
    }

    /**
     * Capabilities in the bounding sets of {@code tasks} that this process may not give them, by their names; empty for none. They
     * have none of them, but a program with such file capabilities would have had them.
     */
    public static String lostCapabilities(List<TaskState> tasks) {
        return Confinement.lostForPrograms(tasks);
    }

    /** The refusal of {@code tasks}, whose root {@link #followsParent}, by a parent that ends as soon as they run. */
    public static Problem orphaned(List<TaskState> tasks) {
        return new Problem(RebirthError.PARENT_ENDS, RestorePlan.subject(tasks.get(0)), "it asked for a signal when its parent ends"
                + " (PR_SET_PDEATHSIG), and this program, its parent now, would end at once", "restore it without -d");
    }
}
