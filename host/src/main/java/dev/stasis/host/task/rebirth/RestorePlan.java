package dev.stasis.host.task.rebirth;

import dev.stasis.host.state.Leader;
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
    private final Sessions sessions;

    private RestorePlan(List<TaskState> tasks, Map<Pid, TaskState> byPid, Hole hole) {
        this.tasks = tasks;
        this.byPid = byPid;
        this.hole = hole;
        this.sessions = new Sessions(tasks, byPid);
        for (TaskState task : tasks) {
            addOwn(groups, task.group());
        }
    }

    /** All that makes it impossible to grow {@code tasks} anywhere. */
    public static List<Problem> problems(List<TaskState> tasks) {
        return PlanChecks.problems(tasks);
    }

    /** The plan for {@code tasks}, parents before children; throws {@link StasisException} with all that makes it impossible. */
    public static RestorePlan of(List<TaskState> tasks) {
        List<Problem> problems = problems(tasks);
        if (!problems.isEmpty()) {
            throw new StasisException(problems);
        }
        return new RestorePlan(List.copyOf(tasks), byPid(tasks), Hole.find(tasks).orElseThrow());
    }

    /** The tasks that are not born by their parents but come to them as orphans, parents first. */
    List<TaskState> adopted() {
        List<TaskState> adopted = new ArrayList<>();
        for (TaskState task : tasks) {
            if (task.parent() != null && sessions.isAdopted(task, byPid.get(task.parent()))) {
                adopted.add(task);
            }
        }
        return adopted;
    }

    static String subject(TaskState task) {
        return "task " + task.pid() + (task.threads().isEmpty() ? "" : " (" + task.threads().get(0).name() + ")");
    }

    static Map<Pid, TaskState> byPid(List<TaskState> tasks) {
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
            if (parent.pid().equals(task.parent()) && sessions.needsOlder(parent, task) == before
                    && !sessions.isAdopted(task, parent)) {
                children.add(task);
            }
        }
        return children;
    }

    /** How its tasks come into their sessions. */
    Sessions sessions() {
        return sessions;
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
