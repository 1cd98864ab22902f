package dev.stasis.thirdparty.faulty;

import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.DirectoryCalls;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.LongPaths;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.spi.Claim;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.DumpContext;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.PathRemap;
import dev.stasis.spi.Problem;
import dev.stasis.spi.RestoreContext;
import java.util.List;

/** Makes the file anew, empty, and takes its name away. */
final class FaultyPathRemap implements PathRemap {
    private static final OpenFlags DIRECTORY = OpenFlags.RDONLY.with(OpenFlags.DIRECTORY);

    @Override
    public String name() {
        return "faulty-path";
    }

    @Override
    public Claim claim(OpenFile file, ClaimContext context) {
        boolean mine = file.link().endsWith("/scripted (deleted)") || file.link().endsWith("/scripted");
        return mine ? Fault.at("path-claim", context.options(), () -> Claim.take(Claim.Fit.EXACT)) : Claim.none();
    }

    @Override
    public long contentBytes(OpenFile file, ClaimContext context) {
        return Fault.at("content-bytes", context.options(), () -> 0L);
    }

    @Override
    public byte[] dump(OpenFile file, DumpContext context) {
        return Fault.at("path-dump", context.options(), () -> {
            context.base(file); // asks the mount remap, which may be another plugin's
            return new byte[] {1};
        });
    }

    @Override
    public List<Problem> plan(FileRecord record, RestoreContext context) {
        return Fault.at("path-plan", context.options(), List::of);
    }

    @Override
    public Fd open(FileRecord record, Fd base, UnixPath path, OpenFlags flags, RestoreContext context) {
        return Fault.at("path-open", context.options(), () -> {
            try (Fd directory = path.parent().length() == 0 || path.parent().equals(UnixPath.of("."))
                    ? FileCalls.openAt(base, UnixPath.of("."), DIRECTORY, 0) : LongPaths.open(base, path.parent(), DIRECTORY)) {
                Fd file = FileCalls.openAt(directory, path.fileName(), flags.with(OpenFlags.CREAT), 0600);
                DirectoryCalls.tryUnlink(directory, path.fileName());
                return file;
            }
        });
    }
}
