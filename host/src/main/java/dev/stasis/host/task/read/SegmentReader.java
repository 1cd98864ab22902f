package dev.stasis.host.task.read;

import dev.stasis.host.state.Mapping;
import dev.stasis.host.state.SystemVSegment;
import dev.stasis.host.state.TaskState;
import dev.stasis.linux.memory.Segment;
import dev.stasis.linux.memory.SegmentCalls;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Reads what the kernel tells of the System V segments of a tree. */
public final class SegmentReader {
    private SegmentReader() {}

    /** The segments that {@code tasks} have attached, by number; in the IPC namespace of this process. */
    public static List<SystemVSegment> read(List<TaskState> tasks) {
        Set<Integer> ids = new TreeSet<>();
        for (TaskState task : tasks) {
            List<Mapping> mappings = task.memory() == null ? List.of() : task.memory().mappings();
            for (int i = 0; i < mappings.size(); i++) {
                if (mappings.get(i).kind() == Mapping.Kind.SYSTEM_V) {
                    ids.add(SystemVSegment.id(mappings.get(i).sharedObject()));
                }
            }
        }
        List<SystemVSegment> segments = new ArrayList<>(ids.size());
        for (int id : ids) {
            Segment found = SegmentCalls.find(id).orElseThrow();
            segments.add(new SystemVSegment(id, found.key(), found.uid(), found.gid(), found.creatorUid(), found.creatorGid(),
                    found.mode(), found.size()));
        }
        return segments;
    }
}
