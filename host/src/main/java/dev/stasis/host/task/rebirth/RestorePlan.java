package dev.stasis.host.task.rebirth;

import dev.stasis.host.state.Leader;
import dev.stasis.host.state.Sharing;
import dev.stasis.host.state.TaskState;
import dev.stasis.host.state.ThreadState;
import dev.stasis.linux.Pid;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * How a tree of tasks is to be grown, worked out from its records alone: who bears whom and when, which numbers must be free,
 * where there is room. Pure and immutable.
 */
public final class RestorePlan {
    private final List<TaskState> tasks;
    private final Map<Pid, TaskState> byPid;
    private final Hole hole;
    private final Set<Pid> groups = new HashSet<>();

    private RestorePlan(List<TaskState> tasks, Map<Pid, TaskState> byPid, Hole hole) {
        this.tasks = tasks;
        this.byPid = byPid;
        this.hole = hole;
        for (TaskState task : tasks) {
            addOwn(groups, task.group());
        }
    }

    /** The plan for {@code tasks}, parents before children; throws {@link StasisException} with all that makes it impossible. */
    public static RestorePlan of(List<TaskState> tasks) {
        List<Problem> problems = problems(tasks);
        if (!problems.isEmpty()) {
            throw new StasisException(problems);
        }
        return new RestorePlan(List.copyOf(tasks), byPid(tasks), Hole.find(tasks).orElseThrow());
    }

    /** All that makes it impossible to grow {@code tasks} anywhere. */
    public static List<Problem> problems(List<TaskState> tasks) {
        List<Problem> problems = new ArrayList<>();
        if (tasks.isEmpty()) {
            problems.add(bad("the image", "it has no task"));
            return problems;
        }
        checkParents(tasks, problems);
        if (problems.isEmpty()) {
            checkSessions(new RestorePlan(tasks, byPid(tasks), null), problems);
            checkSharing(tasks, byPid(tasks), problems);
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
                problems.add(bad(subject(task), seen.isEmpty() ? "it comes first but has a parent" : "it is a second root"));
            } else if (task.parent() != null && !seen.contains(task.parent())) {
                problems.add(bad(subject(task), "its parent " + task.parent() + " does not come before it"));
            }
            if (!seen.add(task.pid())) {
                problems.add(bad(subject(task), "it is there twice"));
            }
            if (task.threads().isEmpty() || !task.threads().get(0).tid().equals(task.pid())) {
                problems.add(bad(subject(task), "its first thread is not its leader"));
            }
        }
    }

    /** A session comes from one's parent, or from setsid(2) in oneself, or a helper plays a dead session leader or a dead parent. */
    private static void checkSessions(RestorePlan plan, List<Problem> problems) {
        for (TaskState task : plan.tasks) {
            if (task.parent() != null && !plan.isReachable(task, plan.task(task.parent()))) {
                problems.add(new Problem(RebirthError.SESSION_UNREACHABLE, subject(task), "it is in session "
                        + plan.sessionAtBirth(task) + ", which its parent " + task.parent() + " was never in",
                        "such a task was adopted from elsewhere in the tree; end it before the dump"));
            }
            if (task.group().isOutside() && !task.session().isOutside()) {
                problems.add(bad(subject(task), "its process group is from outside, but not its session"));
            }
        }
    }

    private boolean isReachable(TaskState task, TaskState parent) {
        return isInherited(task, parent) || isAdopted(task, parent);
    }

    private boolean isInherited(TaskState task, TaskState parent) {
        Leader session = sessionAtBirth(task);
        return session.is(task.pid()) || isLostSession(session) || sessionAtBirth(parent).equals(session)
                || parent.session().equals(session);
    }

    /** Whether its parent is not the one that bore it but one above the leader of its session, which took it in as an orphan. */
    private boolean isAdopted(TaskState task, TaskState parent) {
        Leader session = sessionAtBirth(task);
        if (session.isOutside() || !byPid.containsKey(session.pid()) || isInherited(task, parent)) {
            return false;
        }
        TaskState leader = byPid.get(session.pid());
        while (leader.parent() != null && !leader.parent().equals(parent.pid())) {
            leader = byPid.get(leader.parent());
        }
        return leader.parent() != null && task.sharing().equals(Sharing.alone(task.pid()));
    }

    /** The tasks that are not born by their parents but come to them as orphans, parents first. */
    List<TaskState> adopted() {
        List<TaskState> adopted = new ArrayList<>();
        for (TaskState task : tasks) {
            if (task.parent() != null && isAdopted(task, byPid.get(task.parent()))) {
                adopted.add(task);
            }
        }
        return adopted;
    }

    /** Only whoever is cloned can share: what a task has in common with others, its parent must have too. */
    private static void checkSharing(List<TaskState> tasks, Map<Pid, TaskState> byPid, List<Problem> problems) {
        for (TaskState task : tasks) {
            Sharing ofParent = task.parent() == null ? null : byPid.get(task.parent()).sharing();
            if (!task.sharing().descriptors().equals(task.pid())
                    && (ofParent == null || !task.sharing().descriptors().equals(ofParent.descriptors()))
                    || !task.sharing().fileSystem().equals(task.pid())
                    && (ofParent == null || !task.sharing().fileSystem().equals(ofParent.fileSystem()))) {
                problems.add(bad(subject(task), "it shares descriptors or directories with a task that is not its parent"));
            }
        }
    }

    private static Problem bad(String subject, String reason) {
        return new Problem(RebirthError.BAD_RECORDS, subject, reason, "dump again");
    }

    static String subject(TaskState task) {
        return "task " + task.pid() + (task.threads().isEmpty() ? "" : " (" + task.threads().get(0).name() + ")");
    }

    private static Map<Pid, TaskState> byPid(List<TaskState> tasks) {
        Map<Pid, TaskState> map = new HashMap<>();
        for (TaskState task : tasks) {
            map.put(task.pid(), task);
        }
        return map;
    }

    /** All tasks, parents first. */
    public List<TaskState> tasks() {
        return tasks;
    }

    /** The root of the tree. */
    public TaskState root() {
        return tasks.get(0);
    }

    /** Task {@code pid}, which is of the tree. */
    TaskState task(Pid pid) {
        return byPid.get(pid);
    }

    /** Whether a living or ended process of the tree has number {@code pid}. */
    boolean contains(Pid pid) {
        return byPid.containsKey(pid);
    }

    Hole hole() {
        return hole;
    }

    /** The children of {@code parent} that must be born before it makes its own session, oldest first. */
    List<TaskState> childrenBeforeSession(TaskState parent) {
        return children(parent, true);
    }

    /** The other children of {@code parent}, oldest first. */
    List<TaskState> childrenAfterSession(TaskState parent) {
        return children(parent, false);
    }

    private List<TaskState> children(TaskState parent, boolean before) {
        List<TaskState> children = new ArrayList<>();
        for (TaskState task : tasks) {
            if (parent.pid().equals(task.parent()) && needsOlderSession(parent, task) == before && !isAdopted(task, parent)) {
                children.add(task);
            }
        }
        return children;
    }

    private boolean needsOlderSession(TaskState parent, TaskState child) {
        if (!isSessionLeader(parent)) {
            return false;
        }
        Leader needed = sessionAtBirth(child);
        return !needed.equals(parent.session()) && needed.equals(sessionAtBirth(parent));
    }

    static boolean isSessionLeader(TaskState task) {
        return task.session().is(task.pid());
    }

    /**
     * The session that {@code task} must be born into; its own number when any will do. That of a dead leader only when no
     * child needs another: a helper can bring a child into it at any time.
     */
    Leader sessionAtBirth(TaskState task) {
        Leader result = task.session();
        if (!isSessionLeader(task)) {
            return result;
        }
        for (TaskState child : tasks) {
            if (task.pid().equals(child.parent()) && !child.session().equals(task.session())) {
                Leader needed = sessionAtBirth(child);
                if (!needed.is(task.pid()) && !needed.is(child.pid()) && mayInherit(task, needed)) {
                    result = needed;
                    if (!isLostSession(needed)) {
                        return needed;
                    }
                }
            }
        }
        return result;
    }

    /** A session whose leader is of the tree comes down from it alone. */
    private boolean mayInherit(TaskState task, Leader session) {
        if (session.isOutside() || isLostSession(session)) {
            return true;
        }
        TaskState ancestor = task;
        while (ancestor.parent() != null) {
            ancestor = task(ancestor.parent());
            if (session.is(ancestor.pid())) {
                return true;
            }
        }
        return false;
    }

    /** Whether {@code session} has lost its leader: a helper must play it. */
    boolean isLostSession(Leader session) {
        return !session.isOutside() && !byPid.containsKey(session.pid());
    }

    /** Whether a task of the tree is in the process group that is named after {@code pid}. */
    boolean isGroup(Pid pid) {
        return groups.contains(pid);
    }

    /** All numbers that must be free: of tasks, threads, and of leaders of groups and sessions that have died. */
    public Set<Pid> numbers() {
        Set<Pid> numbers = new TreeSet<>();
        for (TaskState task : tasks) {
            for (ThreadState thread : task.threads()) {
                numbers.add(thread.tid());
            }
            addOwn(numbers, task.group());
            addOwn(numbers, task.session());
        }
        return numbers;
    }

    private static void addOwn(Set<Pid> numbers, Leader leader) {
        if (!leader.isOutside()) {
            numbers.add(leader.pid());
        }
    }
}
