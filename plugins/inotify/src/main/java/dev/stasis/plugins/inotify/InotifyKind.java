package dev.stasis.plugins.inotify;

import dev.stasis.linux.Fd;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.UnixPath;
import dev.stasis.spi.Claim;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.DumpContext;
import dev.stasis.spi.DumpStage;
import dev.stasis.spi.FdKind;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.ImageType;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.OpenFileId;
import dev.stasis.spi.Problem;
import dev.stasis.spi.RestoreContext;
import dev.stasis.spi.SharedOutside;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Inotify instances. Read last, and given their events and watches last, when nothing is touched any more. */
final class InotifyKind implements FdKind {
    static final String NAME = "inotify";

    /** CRIU's INOTIFY and its field in a file entry. */
    private static final ImageType INOTIFY = new ImageType(8, 13);

    private final DumpedInstances dumped;
    private final Map<OpenFileId, RestoredInstance> restored = new HashMap<>();
    private RestoreContext restore;
    private HeldTargets held;
    private Companion companion;
    private QueueSight sight;
    private boolean anyEarly;

    InotifyKind(DumpedInstances dumped) {
        this.dumped = dumped;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public ImageType imageType() {
        return INOTIFY;
    }

    @Override
    public DumpStage dumpStage() {
        return DumpStage.LATE;
    }

    @Override
    public Claim claim(OpenFile file, ClaimContext context) {
        if (!DumpedInstances.isOne(file)) {
            return Claim.none();
        }
        Policies.dropsUnresolved(context.options());
        dumped.look(file, context);
        return Claim.take(Claim.Fit.TYPE);
    }

    @Override
    public boolean deservesFirstLook(UnixPath link, RemoteFd descriptor) {
        if (!DumpedInstances.isOne(link)) {
            return false;
        }
        dumped.expect();
        return WatchLists.isLong(descriptor);
    }

    @Override
    public List<Problem> sharedOutside(OpenFile file, List<RemoteFd> outside, ClaimContext context) {
        return SharedOutside.refuse(InotifyErrorCode.INSTANCE_SHARED_OUTSIDE, file, outside, context,
                "each would read all events, of which one of them reads each now");
    }

    @Override
    public byte[] dump(OpenFile file, DumpContext context) {
        return dumped.keep(file, context);
    }

    @Override
    public List<Problem> plan(FileRecord record, RestoreContext context) {
        return instance(record, context).problems();
    }

    private static int count(List<FileRecord> records) {
        int count = 0;
        for (int i = 0; i < records.size(); i++) {
            count += records.get(i).kind().equals(NAME) ? 1 : 0;
        }
        return count;
    }

    private RestoredInstance instance(FileRecord record, RestoreContext context) {
        if (restore != context) {
            restored.clear();
            anyEarly = false;
            restore = context;
            held = context.own(new HeldTargets(count(context.records())));
            sight = context.own(new QueueSight(context.options()));
            companion = context.own(Companion.begin());
        }
        RestoredInstance known = restored.get(record.id());
        if (known == null) {
            known = RestoredInstance.find(record, context, held, companion, sight, !anyEarly);
            restored.put(record.id(), known);
            anyEarly |= known.isEarly();
        }
        return known;
    }

    @Override
    public Fd restore(FileRecord record, RestoreContext context) {
        return instance(record, context).take();
    }

    @Override
    public void restoreDeferred(FileRecord record, Fd file, RestoreContext context) {
        instance(record, context).furnish(file);
        restored.remove(record.id());
        if (restored.isEmpty()) {
            held.close(companion);
        }
    }

    @Override
    public String describe(FileRecord record) {
        InstanceEntry entry = InstanceEntry.of(record);
        return "inotify: " + entry.watches().size() + " watches, " + entry.events().size() + " events";
    }
}
