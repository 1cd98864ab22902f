package dev.stasis.plugins.detachedmounts;

import com.google.protobuf.ByteString;
import dev.stasis.linux.Fd;
import dev.stasis.linux.fs.FileSystemCalls;
import dev.stasis.plugins.detachedmounts.proto.detached_mount_entry;
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

/** Finds mounts again that are in no namespace any more, by a mount in sight that shows the same; brings them back as copies of it. */
final class DetachedMountRemap implements MountRemap {
    static final String NAME = "detached-mount";

    private final FoundMounts found = new FoundMounts();
    private RestoredMounts restored;
    private RestoreContext restore;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Claim claim(OpenFile file, ClaimContext context) {
        FoundMount mount = found.of(file, context);
        return mount instanceof FoundMount.Lost lost ? Claim.refuse(Claim.Fit.TYPE, lost.reason(), lost.help())
                : Claim.take(Claim.Fit.TYPE);
    }

    @Override
    public Optional<Fd> presentRoot(OpenFile file, ClaimContext context) {
        return found.of(file, context) instanceof FoundMount.Shown shown ? Optional.of(RootSearch.openRoot(shown.root()))
                : Optional.empty();
    }

    @Override
    public byte[] dump(OpenFile file, DumpContext context) {
        FoundMount.Shown mount = (FoundMount.Shown) found.of(file, context);
        MountFlags flags = new MountFlags(FileSystemCalls.mountFlags(context.descriptor(file)));
        return detached_mount_entry.newBuilder()
                .setMntId(file.status().mountId())
                .setRoot(ByteString.copyFrom(mount.root().bytes()))
                .setFlags((mount.readOnlyFileSystem() ? flags.writable() : flags).told())
                .build()
                .toByteArray();
    }

    @Override
    public List<Problem> plan(FileRecord record, RestoreContext context) {
        Optional<Problem> problem = mounts(context).problem(record);
        return problem.isPresent() ? List.of(problem.get()) : List.of();
    }

    @Override
    public Fd root(FileRecord record, RestoreContext context) {
        return mounts(context).root(record);
    }

    private RestoredMounts mounts(RestoreContext context) {
        if (restore != context) {
            restored = context.own(new RestoredMounts(context.log()));
            restore = context;
        }
        return restored;
    }

    /** Gives the mounts of {@code context} the flags that they had. */
    void setFinalFlags(RestoreContext context) {
        if (restore == context) {
            restored.setFinalFlags();
        }
    }
}
