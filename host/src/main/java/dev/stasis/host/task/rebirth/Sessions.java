package dev.stasis.host.task.rebirth;

import dev.stasis.host.state.Leader;
import dev.stasis.host.state.Sharing;
import dev.stasis.host.state.TaskState;
import dev.stasis.linux.Pid;
import java.util.List;
import java.util.Map;

/**
 * How the tasks of a tree come into their sessions: a session comes from one's parent, or from setsid(2) in oneself, or a helper
 * plays a dead session leader or a dead parent. Pure and immutable.
 */
final class Sessions {
    private final List<TaskState> tasks;
    private final Map<Pid, TaskState> byPid;

    Sessions(List<TaskState> tasks, Map<Pid, TaskState> byPid) {
        this.tasks = tasks;
        this.byPid = byPid;
    }

    static boolean isLeader(TaskState task) {
        return task.session().is(task.pid());
    }

    /**
     * The session that {@code task} must be born into; its own number when any will do. That of a dead leader only when no
     * child needs another: a helper can bring a child into it at any time.
     */
    Leader atBirth(TaskState task) {
        Leader result = task.session();
        if (!isLeader(task)) {
            return result;
        }
        for (TaskState child : tasks) {
            if (task.pid().equals(child.parent()) && !child.session().equals(task.session())) {
                Leader needed = atBirth(child);
                if (!needed.is(task.pid()) && !needed.is(child.pid()) && mayInherit(task, needed)) {
                    result = needed;
                    if (!isLost(needed)) {
                        return needed;
                    }
                }
            }
        }
        return result;
    }

    /** A session whose leader is of the tree comes down from it alone. */
    private boolean mayInherit(TaskState task, Leader session) {
        if (session.isOutside() || isLost(session)) {
            return true;
        }
        TaskState ancestor = task;
        while (ancestor.parent() != null) {
            ancestor = byPid.get(ancestor.parent());
            if (session.is(ancestor.pid())) {
                return true;
            }
        }
        return false;
    }

    /** Whether {@code session} has lost its leader: a helper must play it. */
    boolean isLost(Leader session) {
        return !session.isOutside() && !byPid.containsKey(session.pid());
    }

    /** Whether {@code task} can come into its session as a child of {@code parent}. */
    boolean isReachable(TaskState task, TaskState parent) {
        return isInherited(task, parent) || isAdopted(task, parent);
    }

    private boolean isInherited(TaskState task, TaskState parent) {
        Leader session = atBirth(task);
        return session.is(task.pid()) || isLost(session) || atBirth(parent).equals(session)
                || parent.session().equals(session);
    }

    /** Whether its parent is not the one that bore it but one above the leader of its session, which took it in as an orphan. */
    boolean isAdopted(TaskState task, TaskState parent) {
        Leader session = atBirth(task);
        if (session.isOutside() || !byPid.containsKey(session.pid()) || isInherited(task, parent)) {
            return false;
        }
        TaskState leader = byPid.get(session.pid());
        while (leader.parent() != null && !leader.parent().equals(parent.pid())) {
            leader = byPid.get(leader.parent());
        }
        return leader.parent() != null && task.sharing().equals(Sharing.alone(task.pid()));
    }

    /** Whether {@code child} must be born before {@code parent} makes its own session. */
    boolean needsOlder(TaskState parent, TaskState child) {
        if (!isLeader(parent)) {
            return false;
        }
        Leader needed = atBirth(child);
        return !needed.equals(parent.session()) && needed.equals(atBirth(parent));
    }
}
