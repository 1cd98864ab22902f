package dev.stasis.host.phase;

import dev.stasis.linux.Pid;
import dev.stasis.linux.proc.ProcFile;
import java.util.ArrayList;
import java.util.List;

/**
 * The processes and threads of a tree that runs, as they were a moment ago: good for getting ready, for nothing else.
 *
 * @param processes the root first
 * @param threads of all of them
 */
record RunningTree(List<Pid> processes, List<Pid> threads) {
    private static final int MANY = 30;

    /** Looks at {@code root} and all below it. */
    static RunningTree below(Pid root) {
        List<Pid> processes = new ArrayList<>(List.of(root));
        List<Pid> threads = new ArrayList<>();
        for (int i = 0; i < processes.size(); i++) {
            threads.addAll(ProcFile.threads(processes.get(i)));
            processes.addAll(ProcFile.children(processes.get(i)));
        }
        return new RunningTree(processes, threads);
    }

    /** Whether it is worth getting ready for this many. */
    boolean isLarge() {
        return threads.size() >= MANY;
    }
}
