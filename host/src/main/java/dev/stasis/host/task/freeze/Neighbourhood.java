package dev.stasis.host.task.freeze;

import dev.stasis.linux.Errno;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.Pid;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.proc.TaskStat;
import dev.stasis.linux.process.ProcessCalls;
import java.io.File;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the neighbours of a tree. All processes of the machine are looked at while the tree still runs; when it stands, only
 * those that came since, and those that were in a session of the tree. That is enough: nobody enters a session but by being
 * born in it, and nobody enters a group of another session.
 */
final class Neighbourhood {
    private final Map<Integer, Integer> sessions = new HashMap<>();

    private Neighbourhood() {}

    /** Looks at all processes as they are now. */
    static Neighbourhood look() {
        Neighbourhood seen = new Neighbourhood();
        for (int pid : processes()) {
            seen.add(pid);
        }
        return seen;
    }

    private void add(int pid) {
        try {
            Optional<Pid> session = ProcessCalls.session(new Pid(pid));
            sessions.put(pid, session.isEmpty() ? 0 : session.get().number());
        } catch (KernelException e) {
            if (!e.is(Errno.ESRCH)) { // gone meanwhile
                throw e;
            }
        }
    }

    private static List<Integer> processes() {
        List<Integer> pids = new ArrayList<>();
        String[] names = new File("/proc").list();
        for (String name : names == null ? new String[0] : names) {
            char first = name.charAt(0);
            if (first >= '1' && first <= '9') {
                pids.add(Integer.valueOf(name));
            }
        }
        return pids;
    }

    /** The neighbours of {@code tasks}, which stand still. The dead do not count: they wait to be buried. */
    List<Neighbour> of(List<FrozenTask> tasks) {
        Set<Integer> own = new HashSet<>();
        Set<Integer> ofTree = new HashSet<>();
        for (FrozenTask task : tasks) {
            own.add(task.pid().number());
            ofTree.add(task.stat().session());
        }
        List<Neighbour> neighbours = new ArrayList<>();
        for (int pid : processes()) {
            Integer session = sessions.get(pid);
            boolean suspect = session == null || session != 0 && ofTree.contains(session);
            Neighbour neighbour = suspect && !own.contains(pid) ? neighbour(new Pid(pid)) : null;
            if (neighbour != null && neighbour.session() != 0 && ofTree.contains(neighbour.session())) {
                neighbours.add(neighbour);
            }
        }
        return neighbours;
    }

    private static Neighbour neighbour(Pid pid) {
        Optional<byte[]> bytes = ProcFile.tryRead(pid, "stat");
        if (bytes.isEmpty()) {
            return null;
        }
        TaskStat stat = TaskStat.parse(bytes.get());
        return stat.isZombie() ? null : new Neighbour(pid, stat.name(), stat.group(), stat.session());
    }
}
