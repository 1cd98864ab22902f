package dev.stasis.testkit.contract;

import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.LongPaths;
import dev.stasis.spi.Claim;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.DumpContext;
import dev.stasis.spi.DumpStage;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.LocationRecord;
import dev.stasis.spi.LocationRecord.Remapped;
import dev.stasis.spi.MountRemap;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.Problem;
import dev.stasis.spi.RestoreContext;
import java.util.List;
import java.util.Optional;

/** A mount remap, asked for files of no particular kind that their path leads to below the mount. */
record MountRemapSubject(MountRemap remap) implements ContractSubject {

    @Override
    public String title() {
        return "mount remap " + remap.name();
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
        return remap.presentRoot(file, context);
    }

    @Override
    public FileRecord dump(OpenFile file, Claim.Taken claim, DumpContext context) {
        LocationRecord location = new LocationRecord(remap.link(file, context),
                Optional.of(new Remapped(remap.name(), remap.dump(file, context))), Optional.empty());
        return ContractSubject.record(file, "regular-file", location, new byte[0]);
    }

    @Override
    public List<Problem> plan(FileRecord record, RestoreContext context) {
        return remap.plan(record, context);
    }

    @Override
    public Fd restore(FileRecord record, RestoreContext context) {
        UnixPath path = record.location().path();
        UnixPath below = path.isAbsolute() ? path.dropFirst(1) : path;
        try (Fd root = remap.root(record, context)) {
            // A mount that shows a single file: its root is that file.
            return below.length() == 0
                    ? FileCalls.open(UnixPath.of("/proc/self/fd/" + root.number()), record.flags(), 0)
                    : LongPaths.open(root, below, record.flags());
        }
    }

    @Override
    public void restoreDeferred(FileRecord record, Fd file, RestoreContext context) {}

    @Override
    public byte[] message(FileRecord record) {
        return record.location().mountRemap().orElseThrow().payload();
    }

    @Override
    public FileRecord with(FileRecord record, byte[] message) {
        LocationRecord location = new LocationRecord(record.location().path(),
                Optional.of(new Remapped(remap.name(), message)), Optional.empty());
        return ContractSubject.record(record, location, record.payload());
    }
}
