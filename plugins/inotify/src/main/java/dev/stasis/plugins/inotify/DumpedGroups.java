package dev.stasis.plugins.inotify;

import dev.stasis.linux.DeviceNumber;
import dev.stasis.linux.Fd;
import dev.stasis.linux.Pid;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.fs.Timestamp;
import dev.stasis.linux.notify.FanotifyCalls;
import dev.stasis.linux.proc.FanotifyGroup;
import dev.stasis.linux.proc.FanotifyMark;
import dev.stasis.linux.proc.FanotifyMark.Type;
import dev.stasis.linux.proc.Mounts;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.spi.Claim;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.DumpContext;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.OpenFileId;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The fanotify groups of the tree that is being dumped. Their queues are not read: an event holds a descriptor or a handle of
 * the very object, and no other object can stand in for it; so a living program keeps its events untouched, and a restored one
 * is told that some were lost.
 */
final class DumpedGroups {
    private static final int UNLIMITED_QUEUE = 0x10;
    private static final int REPORT_MOUNTS = 0x4000;

    private final Map<OpenFileId, Integer> pendingWhenFrozen = new HashMap<>();

    static boolean isOne(OpenFile file) {
        return isLikely(file.link()) && file.hasDescriptor();
    }

    /** Whether {@code link} is what the kernel shows of such groups. */
    static boolean isLikely(UnixPath link) {
        return link.startsWith("anon_inode:[fanotify]");
    }

    /** Whether the group can be kept. */
    Claim judge(OpenFile file, ClaimContext context) {
        Fd descriptor = context.descriptor(file);
        FanotifyGroup group = group(descriptor);
        int pending = FanotifyCalls.pending(descriptor);
        Mounts mounts = mounts();
        GuardedReads guarded = new GuardedReads(context);
        OwnFiles ownFiles = new OwnFiles(context, mounts);
        int permissions = 0;
        for (FanotifyMark mark : group.marks()) {
            permissions |= mark.mask() & Mark.PERMISSION;
            Claim refused = judge(mark, mounts);
            if (refused != null) {
                return refused;
            }
            Optional<UnixPath> own = ownFiles.by(mark);
            if (own.isPresent()) {
                return refuse("it is to permit the use of " + own.get() + ", which this tool itself uses while the tree stands still:"
                        + " both would wait for each other", "take the mark away before the dump");
            }
            Optional<String> read = guarded.by(mark);
            if (read.isPresent()) {
                return refuse("it is to permit the use of what a dump must read while the tree stands still, when nobody can answer: "
                        + read.get(), "take the mark away before the dump, or close the file");
            }
        }
        if ((group.flags() & REPORT_MOUNTS) != 0) {
            return refuse("it reports mounts (FAN_REPORT_MNT), and such groups are not kept", "close it before the dump");
        }
        if (permissions != 0) {
            return judgePermissions(pending);
        }
        if (pending > 0 && (group.flags() & UNLIMITED_QUEUE) != 0) {
            return refuse(pending + " events wait in it, which the kernel lets nobody put back, and its queue is unlimited"
                    + " (FAN_UNLIMITED_QUEUE), so that it can not be told of an overflow either", "have the program read them");
        }
        return Claim.take(Claim.Fit.TYPE);
    }

    private static Claim judgePermissions(int pending) {
        if (pending > 0) {
            return refuse("permission events may be pending: " + pending + " events wait in it",
                    "have the program read and answer them");
        }
        Optional<Pid> waiting = PermissionWaits.anybody();
        return waiting.isEmpty() ? Claim.take(Claim.Fit.TYPE)
                : refuse("a permission event may be pending: task " + waiting.get() + " waits for an answer of a fanotify group, be it this one or another",
                        "have the program whose group it is answer it; where that is another program, the dump can be done after it");
    }

    /** Null when {@code mark} can be kept. */
    private static Claim judge(FanotifyMark mark, Mounts mounts) {
        if (mark.type() == Type.MOUNT_NAMESPACE) {
            return refuse("it has a mark on a mount namespace", "take the mark away before the dump");
        }
        if (mark.type() == Type.MOUNT && mounts.byId(mark.mountId()).isEmpty()) {
            return refuse("it has a mark on mount " + mark.mountId() + ", which is unmounted or of another mount namespace",
                    "take the mark away before the dump");
        }
        if (mark.type() != Type.INODE && (mark.mask() & Mark.PERMISSION) != 0) {
            Optional<UnixPath> own = PermissionWaits.ofThisProcess(mark);
            if (own.isPresent()) {
                return refuse("it is to permit all use of a mount or file system on which this tool has " + own.get()
                        + " open: both would wait for each other", "take the mark away before the dump");
            }
        }
        return null;
    }

    private static Claim refuse(String reason, String help) {
        return Claim.refuse(Claim.Fit.TYPE, reason, help);
    }

    private static FanotifyGroup group(Fd descriptor) {
        try (Fd info = FileCalls.open(UnixPath.of("/proc/self/fdinfo/" + descriptor.number()), OpenFlags.RDONLY, 0)) {
            return FanotifyGroup.parse(ProcFile.readAll(info));
        }
    }

    /** What {@code group} is like now. */
    static FanotifyGroup look(Fd group) {
        return group(group);
    }

    static Mounts mounts() {
        return Mounts.parse(ProcFile.read(ProcessCalls.self(), "mountinfo"));
    }

    /** Notes what waits, first thing: it is the program's own. */
    void frozen(List<OpenFile> files, DumpContext context) {
        pendingWhenFrozen.clear();
        for (int i = 0; i < files.size(); i++) {
            if (isOne(files.get(i))) {
                pendingWhenFrozen.put(files.get(i).id(), FanotifyCalls.pending(context.descriptor(files.get(i))));
            }
        }
    }

    /** What is kept of {@code file}. */
    GroupEntry keep(OpenFile file, DumpContext context) {
        Fd descriptor = context.descriptor(file);
        FanotifyGroup group = group(descriptor);
        List<FanotifyMark> oldestFirst = new ArrayList<>(group.marks());
        Collections.reverse(oldestFirst);
        List<Mark> marks = found(oldestFirst, file, context);
        Integer before = pendingWhenFrozen.getOrDefault(file.id(), 0);
        boolean lost = before > 0 || FanotifyCalls.pending(descriptor) != before || marks.size() < oldestFirst.size();
        try (Fd probe = FileCalls.memfd("stasis-fanotify")) {
            // Made just now: its time is what a file that is changed now would show.
            Timestamp seen = FileCalls.status(probe).changed();
            return new GroupEntry(group.flags(), group.eventFlags(), marks, lost, seen);
        }
    }

    private static List<Mark> found(List<FanotifyMark> marks, OpenFile file, DumpContext context) {
        List<Mark> found = new ArrayList<>(marks.size());
        List<Problem> problems = new ArrayList<>();
        Mounts mounts = mounts();
        Descriptors descriptors = new ContextDescriptors(context);
        try (SuperBlocks superBlocks = new SuperBlocks(); MarkSight sight = new MarkSight(context.options());
                TargetFinder finder = new TargetFinder(context.files(), descriptors,
                        new WatchedInodes(descriptors.of(file), sight, false), null)) {
            for (int i = 0; i < marks.size(); i++) {
                // The kernel tells of the newest first.
                Mark mark = find(marks.get(i), marks.size() - i, mounts, superBlocks, finder);
                if (mark.isOfInode() ? mark.target().found() : mark.place() != null) {
                    found.add(mark);
                } else if (Policies.dropsUnresolved(context.options())) {
                    context.log().warn("the image is without " + mark.subject() + ": it was not found again");
                } else {
                    problems.add(Policies.lost(file.toString(), mark.subject()));
                }
            }
        }
        if (!problems.isEmpty()) {
            throw new StasisException(problems);
        }
        return found;
    }

    private static Mark find(FanotifyMark mark, int place, Mounts mounts, SuperBlocks superBlocks, TargetFinder finder) {
        if (mark.type() == Type.INODE) {
            WatchTarget[] target = new WatchTarget[1];
            finder.find(List.of(Mark.asWatched(mark, place)), mark.device(), target);
            return new Mark(mark, target[0], null);
        }
        if (mark.type() == Type.MOUNT) {
            MountPlace at = mounts.byId(mark.mountId()).map(MountPlace::of).orElse(null);
            return new Mark(mark, null, at != null && at.leadsTo(mark.mountId(), mounts) ? at : null);
        }
        DeviceNumber device = mark.device();
        return new Mark(mark, null, superBlocks.mount(device) == null ? null : MountPlace.of(superBlocks.mount(device)));
    }
}
