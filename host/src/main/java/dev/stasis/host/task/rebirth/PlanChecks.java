package dev.stasis.host.task.rebirth;

import dev.stasis.host.state.Sharing;
import dev.stasis.host.state.TaskState;
import dev.stasis.linux.Pid;
import dev.stasis.spi.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Finds in the records of a tree what makes it impossible to grow it anywhere. */
final class PlanChecks {
    private PlanChecks() {}

    /** All that makes it impossible to grow {@code tasks} anywhere. */
    static List<Problem> problems(List<TaskState> tasks) {
        List<Problem> problems = new ArrayList<>();
        if (tasks.isEmpty()) {
            problems.add(bad("the image", "it has no task"));
            return problems;
        }
        checkParents(tasks, problems);
        if (problems.isEmpty()) {
            Map<Pid, TaskState> byPid = RestorePlan.byPid(tasks);
            checkSessions(tasks, byPid, problems);
            checkSharing(tasks, byPid, problems);
        }
        if (Hole.find(tasks).isEmpty()) {
            problems.add(new Problem(RebirthError.NO_ROOM, "task " + tasks.get(0).pid(),
                    "the tasks' mappings leave no common hole of " + (Hole.SIZE >> 20) + " MiB", ""));
        }
        return problems;
    }

    private static void checkParents(List<TaskState> tasks, List<Problem> problems) {
        Set<Pid> seen = new TreeSet<>();
        for (TaskState task : tasks) {
            if ((task.parent() == null) != seen.isEmpty()) {
                problems.add(bad(RestorePlan.subject(task), seen.isEmpty() ? "it comes first but has a parent" : "it is a second root"));
            } else if (task.parent() != null && !seen.contains(task.parent())) {
                problems.add(bad(RestorePlan.subject(task), "its parent " + task.parent() + " does not come before it"));
            }
            if (!seen.add(task.pid())) {
                problems.add(bad(RestorePlan.subject(task), "it is there twice"));
            }
            if (task.threads().isEmpty() || !task.threads().get(0).tid().equals(task.pid())) {
                problems.add(bad(RestorePlan.subject(task), "its first thread is not its leader"));
            }
        }
    }

    private static void checkSessions(List<TaskState> tasks, Map<Pid, TaskState> byPid, List<Problem> problems) {
        Sessions sessions = new Sessions(tasks, byPid);
        for (TaskState task : tasks) {
            if (task.parent() != null && !sessions.isReachable(task, byPid.get(task.parent()))) {
                problems.add(new Problem(RebirthError.SESSION_UNREACHABLE, RestorePlan.subject(task), "it is in session "
                        + sessions.atBirth(task) + ", which its parent " + task.parent() + " was never in",
                        "such a task was adopted from elsewhere in the tree; end it before the dump"));
            }
            if (task.group().isOutside() && !task.session().isOutside()) {
                problems.add(bad(RestorePlan.subject(task), "its process group is from outside, but not its session"));
            }
        }
    }

    /** Only whoever is cloned can share: what a task has in common with others, its parent must have too. */
    private static void checkSharing(List<TaskState> tasks, Map<Pid, TaskState> byPid, List<Problem> problems) {
        for (TaskState task : tasks) {
            Sharing ofParent = task.parent() == null ? null : byPid.get(task.parent()).sharing();
            if (!task.sharing().descriptors().equals(task.pid())
                    && (ofParent == null || !task.sharing().descriptors().equals(ofParent.descriptors()))
                    || !task.sharing().fileSystem().equals(task.pid())
                    && (ofParent == null || !task.sharing().fileSystem().equals(ofParent.fileSystem()))) {
                problems.add(bad(RestorePlan.subject(task), "it shares descriptors or directories with a task that is not its parent"));
            }
        }
    }

    private static Problem bad(String subject, String reason) {
        return new Problem(RebirthError.BAD_RECORDS, subject, reason, "dump again");
    }
}
