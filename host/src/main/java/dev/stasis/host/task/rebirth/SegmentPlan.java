package dev.stasis.host.task.rebirth;

import dev.stasis.host.state.SystemVSegment;
import dev.stasis.linux.memory.Segment;
import dev.stasis.linux.memory.SegmentCalls;
import dev.stasis.spi.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Finds what stands in the way of System V segments. One that outlived the tree is taken when it is the same and nobody has
 * it attached; its contents become those of the image.
 */
public final class SegmentPlan {
    private SegmentPlan() {}

    /** All that would make it impossible to have {@code segments} again. */
    public static List<Problem> check(List<SystemVSegment> segments) {
        List<Problem> problems = new ArrayList<>();
        for (SystemVSegment segment : segments) {
            Optional<Segment> present = SegmentCalls.find(segment.id());
            OptionalInt sameKey = segment.key() == 0 ? OptionalInt.empty() : SegmentCalls.byKey(segment.key());
            if (present.isPresent() && !isSame(segment, present.get())) {
                problems.add(taken(segment, "another segment has its number now"));
            } else if (present.isPresent() && present.get().attached() > 0) {
                problems.add(taken(segment, "it is in use: it is attached " + present.get().attached() + " times, last by process "
                        + present.get().lastPid()));
            } else if (present.isEmpty() && sameKey.isPresent()) {
                problems.add(taken(segment, "segment " + sameKey.getAsInt() + " has its key 0x" + Integer.toHexString(segment.key())
                        + " now"));
            }
        }
        return problems;
    }

    static boolean isSame(SystemVSegment segment, Segment present) {
        return segment.key() == present.key() && segment.size() == present.size() && (present.mode() & SegmentCalls.SHM_DEST) == 0
                && (segment.mode() & SegmentCalls.SHM_DEST) == 0;
    }

    private static Problem taken(SystemVSegment segment, String reason) {
        return new Problem(RebirthError.SEGMENT_TAKEN, "System V segment " + segment.id(), reason,
                "end who uses it, or remove it with ipcrm(1), and restore again");
    }
}
