package dev.stasis.testkit.contract;

import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.spi.Claim;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.DumpContext;
import dev.stasis.spi.DumpStage;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.LocationRecord;
import dev.stasis.spi.LocationRecord.Remapped;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.PathRemap;
import dev.stasis.spi.Problem;
import dev.stasis.spi.RestoreContext;
import java.util.List;
import java.util.Optional;

/** A path remap, asked for files of no particular kind. */
record PathRemapSubject(PathRemap remap) implements ContractSubject {
    private static final String DELETED = " (deleted)";
    private static final UnixPath ROOT = UnixPath.of("/");

    @Override
    public String title() {
        return "path remap " + remap.name();
    }

    @Override
    public DumpStage stage() {
        return DumpStage.FILES;
    }

    @Override
    public Claim claim(OpenFile file, ClaimContext context) {
        return remap.claim(file, context);
    }

    @Override
    public Optional<Fd> base(OpenFile file, ClaimContext context) {
        return Optional.empty();
    }

    @Override
    public FileRecord dump(OpenFile file, Claim.Taken claim, DumpContext context) {
        UnixPath link = file.link();
        LocationRecord location = new LocationRecord(link.endsWith(DELETED) ? link.dropLast(DELETED.length()) : link,
                Optional.empty(), Optional.of(new Remapped(remap.name(), remap.dump(file, context))));
        return ContractSubject.record(file, "regular-file", location, new byte[0]);
    }

    @Override
    public List<Problem> plan(FileRecord record, RestoreContext context) {
        return remap.plan(record, context);
    }

    @Override
    public Fd restore(FileRecord record, RestoreContext context) {
        UnixPath path = record.location().path();
        try (Fd root = FileCalls.open(ROOT, OpenFlags.PATH.with(OpenFlags.DIRECTORY), 0)) {
            return remap.open(record, root, path.isAbsolute() ? path.dropFirst(1) : path, record.flags(), context);
        }
    }

    @Override
    public void restoreDeferred(FileRecord record, Fd file, RestoreContext context) {}

    @Override
    public byte[] message(FileRecord record) {
        return record.location().pathRemap().orElseThrow().payload();
    }

    @Override
    public FileRecord with(FileRecord record, byte[] message) {
        LocationRecord location = new LocationRecord(record.location().path(), Optional.empty(),
                Optional.of(new Remapped(remap.name(), message)));
        return ContractSubject.record(record, location, record.payload());
    }
}
