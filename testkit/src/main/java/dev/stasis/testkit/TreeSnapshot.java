package dev.stasis.testkit;

import dev.stasis.linux.Pid;
import dev.stasis.testkit.ProcessSnapshot.Tolerance;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What /proc tells of a process and of all below it at one moment, zombies too.
 *
 * @param root the process at the top
 * @param processes the snapshot of each, by number
 */
public record TreeSnapshot(Pid root, Map<Pid, ProcessSnapshot> processes) {
    public TreeSnapshot {
        processes = new TreeMap<>(processes);
    }

    /** What /proc tells now of {@code root} and all below it. The tree should stand still. */
    public static TreeSnapshot of(Pid root) {
        Map<Pid, ProcessSnapshot> processes = new TreeMap<>();
        for (Pid pid : Descendants.of(root)) {
            processes.put(pid, ProcessSnapshot.of(pid));
        }
        return new TreeSnapshot(root, processes);
    }

    /**
     * A line for each fact that the snapshots tell otherwise, and for each process that only one of them has.
     *
     * @param after the later snapshot
     * @param ofRoot what may differ of the root
     * @param ofOthers what may differ of all below it
     */
    public List<String> differences(TreeSnapshot after, List<Tolerance> ofRoot, List<Tolerance> ofOthers) {
        List<String> lines = new ArrayList<>();
        if (!processes.keySet().equals(after.processes.keySet())) {
            lines.add("processes: " + processes.keySet() + " -> " + after.processes.keySet());
            return lines;
        }
        for (Map.Entry<Pid, ProcessSnapshot> was : processes.entrySet()) {
            List<Tolerance> tolerances = was.getKey().equals(root) ? ofRoot : ofOthers;
            for (String line : was.getValue().differences(after.processes.get(was.getKey()), tolerances)) {
                lines.add("process " + was.getKey() + ": " + line);
            }
        }
        return lines;
    }
}
