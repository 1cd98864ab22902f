package dev.stasis.host.phase;

import dev.stasis.host.state.TaskState;
import dev.stasis.host.task.read.Keyrings;
import dev.stasis.spi.Log;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Tells of session keyrings with keys, which nobody can be put into again: a tree is in that of whoever restores it. */
final class SessionKeyrings {
    private SessionKeyrings() {}

    /** For a dump of {@code tasks}. */
    static void warnOfDump(List<TaskState> tasks, Log log) {
        for (TaskState task : withOwn(tasks)) {
            log.warn(subject(task) + " is in session keyring " + task.settings().sessionKeyring() + " (keyrings(7)), which holds"
                    + " keys: a restore that is not started from there too brings it back without them");
        }
    }

    /** For a restore of {@code tasks} by this process. */
    static void warnOfRestore(List<TaskState> tasks, Log log) {
        int ours = Keyrings.ofOurSession();
        for (TaskState task : withOwn(tasks)) {
            String was = task.settings().sessionKeyring();
            if (!was.startsWith(ours + " ")) {
                log.warn(subject(task) + " was in session keyring " + was + " (keyrings(7)) and comes back in that of this process, "
                        + ours + ": keys that it needs must be in there or in the keyring of its user (keyctl(1))");
            }
        }
    }

    /** The first task of each such keyring. */
    private static List<TaskState> withOwn(List<TaskState> tasks) {
        Set<String> seen = new HashSet<>();
        List<TaskState> first = new ArrayList<>();
        for (TaskState task : tasks) {
            String keyring = task.settings() == null ? "" : task.settings().sessionKeyring();
            if (!keyring.isEmpty() && seen.add(keyring)) {
                first.add(task);
            }
        }
        return first;
    }

    private static String subject(TaskState task) {
        return "task " + task.pid() + " (" + task.threads().get(0).name() + ")";
    }
}
