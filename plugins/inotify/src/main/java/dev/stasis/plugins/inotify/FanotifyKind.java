package dev.stasis.plugins.inotify;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.notify.FanotifyCalls;
import dev.stasis.spi.Claim;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.DumpContext;
import dev.stasis.spi.DumpStage;
import dev.stasis.spi.FdKind;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.ImageType;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.Problem;
import dev.stasis.spi.RestoreContext;
import dev.stasis.spi.SharedOutside;
import dev.stasis.spi.StasisException;
import java.util.List;
import java.util.Set;

/** Fanotify groups: flags and marks. Read last; their marks are added by {@link MarksHook}, last of all. */
final class FanotifyKind implements FdKind {
    static final String NAME = "fanotify";

    /** CRIU's FANOTIFY and its field in a file entry. */
    private static final ImageType FANOTIFY = new ImageType(12, 14);

    private final DumpedGroups dumped;
    private final RestoredGroups restored;

    FanotifyKind(DumpedGroups dumped, RestoredGroups restored) {
        this.dumped = dumped;
        this.restored = restored;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public ImageType imageType() {
        return FANOTIFY;
    }

    @Override
    public DumpStage dumpStage() {
        return DumpStage.LATE;
    }

    @Override
    public Set<String> after() {
        return Set.of(InotifyKind.NAME);
    }

    /**
     * {@inheritDoc} A group that is to permit the use of this tool's own files, its code among them, does so as long as the tree runs:
     * what it takes to refuse it must be loaded then.
     */
    @Override
    public boolean deservesFirstLook(UnixPath link, RemoteFd descriptor) {
        return DumpedGroups.isLikely(link);
    }

    @Override
    public Claim claim(OpenFile file, ClaimContext context) {
        return DumpedGroups.isOne(file) ? dumped.judge(file, context) : Claim.none();
    }

    @Override
    public List<Problem> sharedOutside(OpenFile file, List<RemoteFd> outside, ClaimContext context) {
        return SharedOutside.refuse(InotifyErrorCode.INSTANCE_SHARED_OUTSIDE, file, outside, context,
                "each would read all events, of which one of them reads each now");
    }

    @Override
    public byte[] dump(OpenFile file, DumpContext context) {
        return dumped.keep(file, context).encode(file);
    }

    @Override
    public List<Problem> plan(FileRecord record, RestoreContext context) {
        return restored.of(record, context).problems();
    }

    @Override
    public Fd restore(FileRecord record, RestoreContext context) {
        GroupEntry entry = GroupEntry.of(record);
        try {
            Fd group = FanotifyCalls.create(entry.flags(), entry.eventFlags());
            FileCalls.flags(group, record.flags());
            return group;
        } catch (KernelException e) {
            throw explained(e, record);
        }
    }

    static RuntimeException explained(KernelException e, FileRecord record) {
        if (e.is(Errno.EMFILE) && e.call().equals("fanotify_init")) {
            return new StasisException(new Problem(InotifyErrorCode.FANOTIFY_EXHAUSTED, record.holders().get(0) + " (fanotify group)",
                    "the user has as many fanotify groups as are allowed (EMFILE)", "raise sysctl fs.fanotify.max_user_groups"), e);
        }
        if (e.is(Errno.ENOSPC) && e.call().equals("fanotify_mark")) {
            return new StasisException(new Problem(InotifyErrorCode.FANOTIFY_EXHAUSTED, record.holders().get(0) + " (fanotify group)",
                    "the user has as many fanotify marks as are allowed (ENOSPC)", "raise sysctl fs.fanotify.max_user_marks"), e);
        }
        return e;
    }

    @Override
    public String describe(FileRecord record) {
        GroupEntry entry = GroupEntry.of(record);
        return "fanotify: " + entry.marks().size() + " marks" + (entry.lost() ? ", events that are told of as lost" : "");
    }
}
