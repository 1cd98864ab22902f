package dev.stasis.testkit.contract;

import dev.stasis.linux.Fd;
import dev.stasis.spi.Claim;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.DumpContext;
import dev.stasis.spi.DumpStage;
import dev.stasis.spi.FdKind;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.LocationRecord;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.Problem;
import dev.stasis.spi.RestoreContext;
import java.util.List;
import java.util.Optional;

/** A kind of open file, whose paths lead to its files. */
record KindSubject(FdKind kind) implements ContractSubject {

    @Override
    public String title() {
        return "kind " + kind.name();
    }

    @Override
    public DumpStage stage() {
        return kind.dumpStage();
    }

    @Override
    public Claim claim(OpenFile file, ClaimContext context) {
        return kind.claim(file, context);
    }

    @Override
    public Optional<Fd> base(OpenFile file, ClaimContext context) {
        return Optional.empty();
    }

    @Override
    public FileRecord dump(OpenFile file, Claim.Taken claim, DumpContext context) {
        LocationRecord location = claim.located() ? LocationRecord.of(file.link()) : null;
        return ContractSubject.record(file, kind.name(), location, kind.dump(file, context));
    }

    @Override
    public List<Problem> plan(FileRecord record, RestoreContext context) {
        return kind.plan(record, context);
    }

    @Override
    public Fd restore(FileRecord record, RestoreContext context) {
        return kind.restore(record, context);
    }

    @Override
    public void restoreDeferred(FileRecord record, Fd file, RestoreContext context) {
        kind.restoreDeferred(record, file, context);
    }

    @Override
    public byte[] message(FileRecord record) {
        return record.payload();
    }

    @Override
    public FileRecord with(FileRecord record, byte[] message) {
        return ContractSubject.record(record, record.location(), message);
    }
}
