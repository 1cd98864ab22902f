package dev.stasis.host.task.read;

import dev.stasis.host.task.freeze.FrozenTask;
import dev.stasis.host.task.freeze.FrozenTree;
import dev.stasis.linux.InodeId;
import dev.stasis.linux.Pid;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.proc.MemoryArea;
import dev.stasis.linux.proc.MemoryAreas;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.proc.TaskStat;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.spi.Problem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Looks for processes outside of a tree that have mapped memory of it which has no name: shared anonymous memory, memfds, deleted
 * files. A restored tree has a copy of that, and neither side would see any more what the other writes. All processes are looked at
 * while the tree runs, and only if it has such memory; when it stands still, those that may have got it since by birth.
 */
public final class SharedMemorySearch {
    private final Map<InodeId, Pid> outside;

    private SharedMemorySearch(Map<InodeId, Pid> outside) {
        this.outside = outside;
    }

    /** Looks at who has mapped what the {@code processes} of a tree have, which may still run. */
    public static SharedMemorySearch ahead(List<Pid> processes) {
        Set<InodeId> wanted = new HashSet<>();
        for (int i = 0; i < processes.size(); i++) {
            for (MemoryArea area : areas(processes.get(i))) {
                wanted.add(area.inode());
            }
        }
        Map<InodeId, Pid> outside = new HashMap<>();
        if (!wanted.isEmpty()) {
            List<Pid> others = new ArrayList<>(ProcFile.processes());
            others.removeAll(processes);
            find(wanted, others, outside);
        }
        return new SharedMemorySearch(outside);
    }

    private static void find(Set<InodeId> wanted, List<Pid> processes, Map<InodeId, Pid> outside) {
        for (int i = 0; i < processes.size(); i++) {
            for (MemoryArea area : areas(processes.get(i))) {
                if (wanted.contains(area.inode()) && !processes.get(i).equals(ProcessCalls.self())) {
                    outside.putIfAbsent(area.inode(), processes.get(i));
                }
            }
        }
    }

    private static List<MemoryArea> areas(Pid process) {
        List<MemoryArea> nameless = new ArrayList<>(0);
        byte[] maps = ProcFile.maps(process);
        if (!hasShared(maps)) {
            return nameless; // as nearly all: not worth the reading of each line
        }
        for (MemoryArea area : MemoryAreas.parse(maps)) {
            if (isNameless(area)) {
                nameless.add(area);
            }
        }
        return nameless;
    }

    /** Whether there is an area with a letter s behind its rights. */
    private static boolean hasShared(byte[] maps) {
        for (int at = 4; at + 1 < maps.length; at++) {
            if (maps[at] == 's' && maps[at + 1] == ' ' && (maps[at - 1] == 'x' || maps[at - 1] == '-')
                    && (maps[at - 3] == 'r' || maps[at - 3] == '-')) {
                return true;
            }
        }
        return false;
    }

    private static boolean isNameless(MemoryArea area) {
        return area.shared() && area.hasInode() && !area.isSystemV()
                && (area.isSharedAnonymous() || area.path().endsWith(" (deleted)"));
    }

    /** Whether {@code tree} has such memory. */
    public static boolean matters(FrozenTree tree) {
        for (FrozenTask task : tree.tasks()) {
            if (!task.isEnded() && !inodes(task).isEmpty()) {
                return true;
            }
        }
        return false;
    }

    private static Set<InodeId> inodes(FrozenTask task) {
        Set<InodeId> inodes = new HashSet<>(0);
        List<MemoryArea> areas = task.areas();
        for (int i = 0; i < areas.size(); i++) {
            if (isNameless(areas.get(i))) {
                inodes.add(areas.get(i).inode());
            }
        }
        return inodes;
    }

    /**
     * Adds what outsiders have mapped of {@code tree}, whose processes are {@code members}, to {@code problems}; {@code newcomers} may
     * have got it since the look.
     */
    public void check(FrozenTree tree, Set<Pid> members, List<Pid> newcomers, List<Problem> problems) {
        Map<InodeId, Problem> told = new HashMap<>();
        for (FrozenTask task : tree.tasks()) {
            if (!task.isEnded()) {
                check(task, members, newcomers, told);
            }
        }
        problems.addAll(told.values());
    }

    private void check(FrozenTask task, Set<Pid> members, List<Pid> newcomers, Map<InodeId, Problem> told) {
        List<MemoryArea> areas = task.areas();
        find(inodes(task), newcomers, outside);
        for (int i = 0; i < areas.size(); i++) {
            Pid outsider = isNameless(areas.get(i)) ? outside.get(areas.get(i).inode()) : null;
            if (outsider != null && !members.contains(outsider) && !hasName(task.pid(), areas.get(i))) {
                told.putIfAbsent(areas.get(i).inode(), problem(task, areas.get(i), outsider));
            }
        }
    }

    /** A file that has lost one name and has another is found by that. */
    private static boolean hasName(Pid task, MemoryArea area) {
        Optional<FileStatus> status = FileCalls.tryStatus(ProcFile.path(task, "map_files/" + area.mapFilesName()));
        return status.isPresent() && status.get().links() > 0 && !area.isSharedAnonymous() && !area.path().startsWith("/memfd:");
    }

    private static Problem problem(FrozenTask task, MemoryArea area, Pid outsider) {
        String name = ProcFile.tryRead(outsider, "stat").map(stat -> " (" + TaskStat.parse(stat).name() + ")").orElse("");
        return new Problem(GuardError.SHARED_WITH_OUTSIDER, "mapping " + area.start() + "-" + area.end() + " of task " + task.pid()
                + " (" + task.stat().name() + ")", "process " + outsider + name + ", outside of the tree, has mapped the same memory ("
                + area.path() + "): it would see no more what is written there", "dump the tree that has all of them, or end that process");
    }
}
