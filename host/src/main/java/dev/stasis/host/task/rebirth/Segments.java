package dev.stasis.host.task.rebirth;

import dev.stasis.host.state.Mapping;
import dev.stasis.host.state.SystemVSegment;
import dev.stasis.linux.Fd;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.ContentCalls;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.memory.SegmentCalls;
import dev.stasis.host.state.PageRun;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The System V segments of a tree. Each is made, or taken as it is, when the first task attaches it, and filled then. Those that
 * are to go with the last who is attached are marked so at the end, because a mark cannot be taken back.
 */
final class Segments implements AutoCloseable {
    private static final int SHM_RDONLY = 010000;
    private static final int PERMISSIONS = 0777;
    private static final int ATTEMPTS = 5;

    private final List<SystemVSegment> segments;
    private final Set<Integer> ready = new HashSet<>();
    private final List<Integer> made = new ArrayList<>();

    Segments(List<SystemVSegment> segments) {
        this.segments = segments;
    }

    /** Has {@code task} attach what {@code mapping} shows; {@code shared} fills it the first time. */
    void attach(Newborn task, Mapping mapping, SharedObjects shared) {
        if (mapping.offset() != 0) {
            return; // a further piece of an attachment that stands already
        }
        SystemVSegment segment = segment(task, SystemVSegment.id(mapping.sharedObject()));
        boolean fresh = ready.add(segment.id());
        if (fresh && SegmentCalls.find(segment.id()).isEmpty()) {
            make(segment);
        }
        long result = task.leader().tryCall(SyscallNumber.SHMAT, segment.id(), mapping.start().value(),
                mapping.has("mw") ? 0 : SHM_RDONLY);
        new MappingCheck(task, mapping, mapping.start().value()).check(result);
        if (fresh) {
            fill(task, mapping.start(), segment, shared);
        }
    }

    private SystemVSegment segment(Newborn task, int id) {
        for (SystemVSegment segment : segments) {
            if (segment.id() == id) {
                return segment;
            }
        }
        throw new StasisException(new Problem(RebirthError.BAD_RECORDS, RestorePlan.subject(task.state),
                "it has System V segment " + id + " attached, which the image does not have", "dump again"));
    }

    /** Somebody else may be given the number that was asked for; then it is asked for again. */
    private void make(SystemVSegment segment) {
        int attempt = 0;
        while (!SegmentCalls.create(segment.id(), segment.key(), segment.size(), segment.mode() & PERMISSIONS,
                segment.creatorUid())) {
            if (++attempt == ATTEMPTS) {
                throw new StasisException(new Problem(RebirthError.SEGMENT_TAKEN, "System V segment " + segment.id(),
                        "the kernel does not give a new segment this number", "restore again"));
            }
        }
        made.add(segment.id());
    }

    private static void fill(Newborn task, RemoteAddress start, SystemVSegment segment, SharedObjects shared) {
        long end = start.value() + ((segment.size() + PageRun.PAGE - 1) & -PageRun.PAGE);
        UnixPath path = UnixPath.of("/proc/" + task.pid() + "/map_files/" + Long.toHexString(start.value()) + "-"
                + Long.toHexString(end));
        try (Fd file = FileCalls.open(path, OpenFlags.RDWR, 0)) {
            ContentCalls.clear(file, segment.size());
            shared.fill(file, segment.object());
        }
    }

    /** All are attached: gives them their owners and marks. */
    void finish() {
        for (SystemVSegment segment : segments) {
            if (!ready.contains(segment.id())) {
                continue;
            }
            SegmentCalls.own(segment.id(), segment.uid(), segment.gid(), segment.mode() & PERMISSIONS);
            if ((segment.mode() & SegmentCalls.SHM_LOCKED) != 0) {
                SegmentCalls.lock(segment.id());
            }
            if ((segment.mode() & SegmentCalls.SHM_DEST) != 0) {
                SegmentCalls.remove(segment.id());
                made.remove((Integer) segment.id());
            }
        }
    }

    /** The tree runs: what was made stays. */
    void keep() {
        made.clear();
    }

    /** Removes what was made, unless the tree runs. */
    @Override
    public void close() {
        for (int id : made) {
            SegmentCalls.remove(id);
        }
        made.clear();
    }
}
