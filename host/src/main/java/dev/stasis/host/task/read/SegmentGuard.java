package dev.stasis.host.task.read;

import dev.stasis.host.task.freeze.FrozenTask;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.memory.Segment;
import dev.stasis.linux.memory.SegmentCalls;
import dev.stasis.linux.proc.MemoryArea;
import dev.stasis.linux.proc.MemoryAreas;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.proc.TaskStat;
import dev.stasis.spi.Problem;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Finds System V segments that cannot be kept: attached in part, or by a process outside of the tree too. */
final class SegmentGuard {
    private final List<FrozenTask> tasks;
    private final List<Problem> problems;
    private final Map<Integer, Integer> attachments = new TreeMap<>();

    SegmentGuard(List<FrozenTask> tasks, List<Problem> problems) {
        this.tasks = tasks;
        this.problems = problems;
    }

    void check() {
        for (FrozenTask task : tasks) {
            if (!task.isEnded()) {
                check(task);
            }
        }
        for (Map.Entry<Integer, Integer> segment : attachments.entrySet()) {
            checkOutsiders(segment.getKey(), segment.getValue());
        }
    }

    /** An attachment must be whole, be it in pieces of different protection. */
    private void check(FrozenTask task) {
        List<MemoryArea> areas = task.areas();
        for (int i = 0; i < areas.size(); i++) {
            if (!areas.get(i).isSystemV()) {
                continue;
            }
            int id = (int) areas.get(i).inode().number();
            Optional<Segment> segment = SegmentCalls.find(id);
            int first = i;
            count(id);
            while (i + 1 < areas.size() && isNext(areas.get(i), areas.get(i + 1))) {
                i++;
                count(id);
            }
            long length = areas.get(i).end().value() - areas.get(first).start().value();
            if (segment.isEmpty() || areas.get(first).offset() != 0 || length < segment.get().size()) {
                add(areas.get(first).start(), task.pid(), "System V segment " + id + " is attached only in part there");
            }
        }
    }

    private static boolean isNext(MemoryArea area, MemoryArea next) {
        return next.isSystemV() && next.inode().equals(area.inode()) && next.start().equals(area.end())
                && next.offset() == area.offset() + area.length();
    }

    private void count(int id) {
        Integer before = attachments.get(id);
        attachments.put(id, before == null ? 1 : before + 1);
    }

    private void checkOutsiders(int id, int ofTree) {
        Optional<Segment> segment = SegmentCalls.find(id);
        if (segment.isEmpty() || segment.get().attached() == ofTree) {
            return;
        }
        problems.add(new Problem(GuardError.SYSTEM_V_MEMORY, "System V segment " + id, outsider(id)
                + ", which is not of the tree, has it attached too", "dump the tree that has all of them"));
    }

    private String outsider(int id) {
        Set<Integer> inside = new HashSet<>();
        for (FrozenTask task : tasks) {
            inside.add(task.pid().number());
        }
        for (Pid process : ProcFile.processes()) {
            if (!inside.contains(process.number()) && hasAttached(process, id)) {
                Optional<byte[]> stat = ProcFile.tryRead(process, "stat");
                return "process " + process + (stat.isEmpty() ? "" : " (" + TaskStat.parse(stat.get()).name() + ")");
            }
        }
        return "some process";
    }

    private static boolean hasAttached(Pid process, int id) {
        try {
            for (MemoryArea area : MemoryAreas.parse(ProcFile.read(process, "maps"))) {
                if (area.isSystemV() && area.inode().number() == id) {
                    return true;
                }
            }
            return false;
        } catch (KernelException e) {
            return false; // it ended meanwhile, or is hidden from us
        }
    }

    private void add(RemoteAddress start, Pid task, String reason) {
        problems.add(new Problem(GuardError.SYSTEM_V_MEMORY, "mapping at " + start + " of task " + task, reason, ""));
    }
}
