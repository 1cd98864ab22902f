package dev.stasis.host.task.read;

import dev.stasis.host.state.Leader;
import dev.stasis.host.task.freeze.FrozenTask;
import dev.stasis.host.task.freeze.FrozenTree;
import dev.stasis.host.task.freeze.Neighbour;
import dev.stasis.linux.Pid;
import dev.stasis.spi.Problem;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which process groups and sessions are a tree's own and which are from outside. It owns those that nobody else is in. One that
 * others are in is from outside when its leader is; the tree comes back in that of whoever restores it, so there can be but one
 * of a kind. When a task of the tree leads one that others are in, they hold a number that a restore needs: that is refused.
 * Only looks; from the thread that froze the tree.
 */
public final class Kinship {
    private final List<FrozenTask> tasks;
    private final Set<Integer> ofTree = new HashSet<>();
    private final Map<Integer, Neighbour> groups = new HashMap<>();
    private final Map<Integer, Neighbour> sessions = new HashMap<>();

    private Kinship(FrozenTree tree) {
        this.tasks = tree.tasks();
        for (FrozenTask task : tasks) {
            ofTree.add(task.pid().number());
        }
        for (Neighbour neighbour : tree.neighbours()) {
            groups.putIfAbsent(neighbour.group(), neighbour);
            sessions.putIfAbsent(neighbour.session(), neighbour);
        }
    }

    /** That of the tasks of {@code tree}. */
    public static Kinship of(FrozenTree tree) {
        return new Kinship(tree);
    }

    /** The process group of {@code task}. */
    public Leader groupOf(FrozenTask task) {
        return leader(task.stat().group(), groups);
    }

    /** The session of {@code task}. */
    public Leader sessionOf(FrozenTask task) {
        return leader(task.stat().session(), sessions);
    }

    private Leader leader(int number, Map<Integer, Neighbour> neighbours) {
        return ofTree.contains(number) || !neighbours.containsKey(number) ? Leader.of(number) : Leader.OUTSIDE;
    }

    /** Adds to {@code problems} what cannot be kept of groups and sessions. */
    void check(List<Problem> problems) {
        for (FrozenTask task : tasks) {
            Neighbour inSession = led(task.pid(), sessions);
            Neighbour inGroup = led(task.pid(), groups);
            if (inSession != null) {
                problems.add(shared(task, "session", inSession));
            } else if (inGroup != null) {
                problems.add(shared(task, "process group", inGroup));
            }
        }
        checkSessions(problems);
        checkGroups(problems);
    }

    private static Neighbour led(Pid leader, Map<Integer, Neighbour> neighbours) {
        return neighbours.get(leader.number());
    }

    private static Problem shared(FrozenTask leader, String what, Neighbour neighbour) {
        return new Problem(GuardError.SHARED_WITH_OUTSIDER, subject(leader),
                neighbour + " outside of the tree is in the " + what + " that it leads, and holds its number",
                "end that process, or dump a tree that it belongs to");
    }

    private void checkSessions(List<Problem> problems) {
        int outer = tasks.get(0).stat().session();
        boolean inherits = sessionOf(tasks.get(0)).isOutside();
        for (FrozenTask task : tasks) {
            int session = task.stat().session();
            if (sessionOf(task).isOutside() && !(inherits && session == outer)) {
                problems.add(foreign(task, "session", sessions.get(session), session));
            }
        }
    }

    /** The group of the root if that is from outside, else the first such that there is. */
    private void checkGroups(List<Problem> problems) {
        int outer = -1;
        for (FrozenTask task : tasks) {
            if (groupOf(task).isOutside()) {
                int group = task.stat().group();
                outer = outer < 0 ? group : outer;
                if (group != outer) {
                    problems.add(foreign(task, "process group", groups.get(group), group));
                }
            }
        }
    }

    private static Problem foreign(FrozenTask task, String what, Neighbour neighbour, int number) {
        String holder = neighbour == null ? "processes of another pid namespace are" : neighbour + " outside of the tree is";
        return new Problem(GuardError.FOREIGN_SESSION, subject(task), "it is in " + what + " " + number + ", in which " + holder
                + " too, and which is not that of the root of the tree", "end that process, or dump a tree that it belongs to");
    }

    private static String subject(FrozenTask task) {
        return "task " + task.pid() + " (" + task.stat().name() + ")";
    }
}
