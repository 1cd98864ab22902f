package dev.stasis.testkit.contract;

import dev.stasis.linux.Fd;
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
import java.util.List;
import java.util.Set;

/** A kind that passes every call on and checks it. */
final class AssertingKind implements FdKind {
    private final FdKind kind;
    private final AssertingCalls calls;

    AssertingKind(FdKind kind, AssertingCalls calls) {
        this.kind = kind;
        this.calls = calls;
    }

    @Override
    public String name() {
        return kind.name();
    }

    @Override
    public ImageType imageType() {
        return kind.imageType();
    }

    @Override
    public DumpStage dumpStage() {
        return kind.dumpStage();
    }

    @Override
    public Set<String> after() {
        return kind.after();
    }

    @Override
    public Claim claim(OpenFile file, ClaimContext context) {
        Claim claim = calls.looking("FdKind.claim of " + file, context, asserting -> kind.claim(file, asserting));
        calls.order().claimed(name(), file, claim);
        return claim;
    }

    @Override
    public byte[] dump(OpenFile file, DumpContext context) {
        calls.order().dump(name(), file);
        return calls.dumping("FdKind.dump of " + file, context, asserting -> kind.dump(file, asserting));
    }

    @Override
    public List<Problem> plan(FileRecord record, RestoreContext context) {
        if (calls.order().plan(record)) {
            calls.begins();
        }
        return calls.restoring("FdKind.plan of " + record.id(), context, asserting -> kind.plan(record, asserting));
    }

    @Override
    public Fd restore(FileRecord record, RestoreContext context) {
        calls.order().restore(record);
        Fd file = calls.restoring("FdKind.restore of " + record.id(), context, asserting -> kind.restore(record, asserting));
        calls.order().restored(record, file);
        return file;
    }

    @Override
    public void restoreDeferred(FileRecord record, Fd file, RestoreContext context) {
        calls.order().deferred(record, file);
        calls.tasksExist(context);
        calls.restoring("FdKind.restoreDeferred of " + record.id(), context, asserting -> {
            kind.restoreDeferred(record, file, asserting);
            return null;
        });
        if (!file.isOpen()) {
            throw new AssertionError("FdKind.restoreDeferred of " + record.id() + " closed the descriptor that it had borrowed");
        }
    }

    @Override
    public String describe(FileRecord record) {
        return kind.describe(record);
    }
}
