package dev.stasis.plugins.inotify;

import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileType;
import dev.stasis.linux.fs.Timestamp;
import dev.stasis.linux.notify.FanotifyCalls;
import dev.stasis.linux.proc.FanotifyGroup;
import dev.stasis.linux.proc.FanotifyMark;
import dev.stasis.linux.proc.FanotifyMark.Type;
import dev.stasis.linux.proc.Mounts;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.OpenFileId;
import dev.stasis.spi.Problem;
import dev.stasis.spi.RestoreContext;
import dev.stasis.spi.StasisException;
import java.util.ArrayList;
import java.util.List;

/** A fanotify group on its way back. What it marks is found before any process exists. */
final class RestoredGroup {
    private static final int ADD = 1;
    private static final int MOUNT = 0x10;
    private static final int FILE_SYSTEM = 0x100;
    private static final int IGNORED_MASK = 0x20;
    private static final int SURVIVES_CHANGES = 0x40;
    private static final int EVICTABLE = 0x200;
    private static final int IGNORE = 0x400;
    private static final int REPORT_TARGET = 0x1000;
    private static final int ON_CHILD = 0x08000000;

    private final FileRecord record;
    private final RestoreContext context;
    private final GroupEntry entry;
    private final List<Mark> ofInodes = new ArrayList<>();
    private final List<Mark> others = new ArrayList<>();
    private final OpenTargets targets;
    private final boolean missed;

    /** Finds what the group of {@code record} marks, as far as it is there. */
    RestoredGroup(FileRecord record, RestoreContext context) {
        this.record = record;
        this.context = context;
        this.entry = GroupEntry.of(record);
        List<Watch> watches = new ArrayList<>();
        for (Mark mark : entry.marks()) {
            (mark.isOfInode() ? ofInodes : others).add(mark);
            if (mark.isOfInode()) {
                watches.add(mark.asWatch());
            }
        }
        this.targets = context.own(OpenTargets.of(watches, new OpenFiles() {
            @Override
            public Fd descriptor(OpenFileId id) {
                return context.restored(id).orElse(null);
            }
        }));
        this.missed = isAnythingMissed();
    }

    /** Of a marked mount or file system nobody can tell whether it changed: it is taken for changed. */
    private boolean isAnythingMissed() {
        Policies.Missed policy = Policies.missed(context.options());
        if (policy != Policies.Missed.AUTO) {
            return policy == Policies.Missed.ALWAYS;
        }
        for (int i = 0; i < ofInodes.size(); i++) {
            if (targets.isFound(i) && isLater(targets.changed(i), entry.seen())) {
                return true;
            }
        }
        return !others.isEmpty();
    }

    private static boolean isLater(Timestamp one, Timestamp other) {
        return one.seconds() != other.seconds() ? one.seconds() > other.seconds() : one.nanoseconds() > other.nanoseconds();
    }

    /** The marks of which nothing is found, and nothing will be. */
    List<Problem> problems() {
        List<Problem> problems = new ArrayList<>();
        if (Policies.dropsUnresolved(context.options())) {
            return problems;
        }
        for (int i = 0; i < ofInodes.size(); i++) {
            WatchTarget target = ofInodes.get(i).target();
            boolean maybeLater = target.openFile() != null || target.pseudo();
            if (!targets.isFound(i) && !maybeLater) {
                problems.add(notFound(ofInodes.get(i)));
            }
        }
        Mounts mounts = DumpedGroups.mounts();
        for (Mark mark : others) {
            try (Fd found = mark.place().open(mounts)) {
                if (found == null) {
                    problems.add(notFound(mark));
                }
            }
        }
        return problems;
    }

    private Problem notFound(Mark mark) {
        return Policies.notFound(record.holders().get(0).toString(), mark.subject());
    }

    /** Tells {@code group} of what it lost, and adds its marks. */
    void furnish(Fd group) {
        try {
            targets.findRest();
            boolean lost = !findAll();
            if (entry.lost() || missed || lost) {
                overflow(group);
            }
            List<FanotifyMark> wanted = new ArrayList<>();
            addAll(group, wanted);
            check(group, wanted);
        } catch (KernelException e) {
            throw FanotifyKind.explained(e, record);
        } finally {
            targets.close();
        }
    }

    private boolean findAll() {
        boolean all = true;
        for (int i = 0; i < ofInodes.size(); i++) {
            all &= targets.isFound(i) || drop(ofInodes.get(i));
        }
        return all;
    }

    /** Returns false, or throws when the mark may not be dropped. */
    private boolean drop(Mark mark) {
        if (!Policies.dropsUnresolved(context.options())) {
            throw new StasisException(notFound(mark));
        }
        context.log().warn(mark.subject() + " is not found again; it is dropped");
        return false;
    }

    private void overflow(Fd group) {
        if (entry.isUnlimited()) {
            context.log().warn(record.holders().get(0) + ": the fanotify group may have missed events, and its queue is"
                    + " unlimited: it cannot be told");
            return;
        }
        GroupOverflow.put(group);
    }

    private void addAll(Fd group, List<FanotifyMark> wanted) {
        for (int i = 0; i < ofInodes.size(); i++) {
            try (Fd target = targets.open(i)) {
                if (target != null) {
                    add(group, settable(ofInodes.get(i).mark(), target), target);
                    wanted.add(targets.isByHandle(i) ? ofInodes.get(i).mark() : now(group, ofInodes.get(i).mark()));
                }
            }
        }
        targets.leave();
        Mounts mounts = DumpedGroups.mounts();
        for (Mark mark : others) {
            try (Fd target = mark.place().open(mounts)) {
                if (target == null) {
                    drop(mark);
                } else {
                    add(group, mark.mark(), target);
                    wanted.add(now(mark.mark(), target));
                }
            }
        }
    }

    /**
     * The kernel gives marks of files FAN_EVENT_ON_CHILD by itself in a group that reports names, but refuses it from whoever asks for
     * it there in a group that reports targets.
     */
    private FanotifyMark settable(FanotifyMark mark, Fd target) {
        if ((entry.flags() & REPORT_TARGET) == 0 || FileCalls.status(target).type() == FileType.DIRECTORY) {
            return mark;
        }
        return new FanotifyMark(mark.type(), mark.flags(), mark.mask() & ~ON_CHILD, mark.ignored() & ~ON_CHILD, mark.inode(),
                mark.device(), mark.handle(), mark.mountId());
    }

    private static void add(Fd group, FanotifyMark mark, Fd target) {
        int type = mark.type() == Type.MOUNT ? MOUNT : mark.type() == Type.FILE_SYSTEM ? FILE_SYSTEM : 0;
        int flags = ADD | type | mark.flags() & EVICTABLE;
        if (mark.mask() != 0) {
            FanotifyCalls.mark(group, flags, Integer.toUnsignedLong(mark.mask()), target);
        }
        if (mark.ignored() != 0) {
            int way = (mark.flags() & IGNORE) != 0 ? IGNORE : IGNORED_MASK;
            FanotifyCalls.mark(group, flags | way | mark.flags() & SURVIVES_CHANGES, Integer.toUnsignedLong(mark.ignored()),
                    target);
        }
    }

    /** What the mark must be now: the same mount may have another number. */
    private static FanotifyMark now(FanotifyMark mark, Fd target) {
        return mark.type() != Type.MOUNT ? mark : new FanotifyMark(mark.type(), mark.flags(), mark.mask(), mark.ignored(),
                mark.inode(), mark.device(), mark.handle(), FileCalls.status(target).mountId());
    }

    /** What the mark that {@code group} got last must be now: what is found by other ways than its handle may be another inode. */
    private static FanotifyMark now(Fd group, FanotifyMark mark) {
        List<FanotifyMark> newestFirst = DumpedGroups.look(group).marks();
        if (newestFirst.isEmpty()) {
            return mark;
        }
        FanotifyMark newest = newestFirst.get(0);
        return new FanotifyMark(mark.type(), mark.flags(), mark.mask(), mark.ignored(), newest.inode(), newest.device(),
                newest.handle(), mark.mountId());
    }

    private void check(Fd group, List<FanotifyMark> wanted) {
        FanotifyGroup now = DumpedGroups.look(group);
        for (FanotifyMark mark : wanted) {
            if (!now.marks().contains(mark)) {
                throw new StasisException(new Problem(InotifyErrorCode.MARK_NOT_KEPT, record.holders().get(0).toString(),
                        "it has no mark as it was, " + shown(mark) + "; the kernel shows" + shown(now.marks()), ""));
            }
        }
    }

    private static String shown(List<FanotifyMark> marks) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < marks.size(); i++) {
            text.append(i == 0 ? " " : "; ").append(shown(marks.get(i)));
        }
        return marks.isEmpty() ? " none" : text.toString();
    }

    /** Such as {@code the mark on inode 17 of 0:38 (mask 0x20, ignored 0x0, flags 0x0)}. */
    private static String shown(FanotifyMark mark) {
        return new Mark(mark, null, null).subject() + " (mask 0x" + Integer.toHexString(mark.mask()) + ", ignored 0x"
                + Integer.toHexString(mark.ignored()) + ", flags 0x" + Integer.toHexString(mark.flags()) + ")";
    }
}
