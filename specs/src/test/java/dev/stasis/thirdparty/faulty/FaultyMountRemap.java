package dev.stasis.thirdparty.faulty;

import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.MountCalls;
import dev.stasis.spi.Claim;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.DumpContext;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.MountRemap;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.Problem;
import dev.stasis.spi.RestoreContext;
import java.util.List;
import java.util.Optional;

/** Puts a new and empty file system in the place of the mount. */
final class FaultyMountRemap implements MountRemap {

    @Override
    public String name() {
        return "faulty-mount";
    }

    @Override
    public Claim claim(OpenFile file, ClaimContext context) {
        return file.link().endsWith("/scripted") ? Fault.at("mount-claim", context.options(), () -> Claim.take(Claim.Fit.EXACT))
                : Claim.none();
    }

    @Override
    public Optional<Fd> presentRoot(OpenFile file, ClaimContext context) {
        // Looked at twice: when files are claimed and, by a path remap, when they are dumped.
        return Fault.at(context instanceof DumpContext ? "root-in-dump" : "present-root", context.options(), Optional::empty);
    }

    @Override
    public UnixPath link(OpenFile file, ClaimContext context) {
        return Fault.at("mount-link", context.options(), file::link);
    }

    @Override
    public byte[] dump(OpenFile file, DumpContext context) {
        return Fault.at("mount-dump", context.options(), () -> new byte[] {2});
    }

    @Override
    public List<Problem> plan(FileRecord record, RestoreContext context) {
        return Fault.at("mount-plan", context.options(), List::of);
    }

    @Override
    public Fd root(FileRecord record, RestoreContext context) {
        return Fault.at("mount-root", context.options(), () -> MountCalls.detachedTmpfs(1 << 20));
    }
}
