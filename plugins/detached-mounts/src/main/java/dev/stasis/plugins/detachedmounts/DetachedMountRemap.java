package dev.stasis.plugins.detachedmounts;

import com.google.protobuf.ByteString;
import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileSystemCalls;
import dev.stasis.linux.proc.MountEntry;
import dev.stasis.plugins.detachedmounts.proto.covered_mount_entry;
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

/**
 * Finds mounts again to which no path leads any more, by a mount in sight that shows the same; brings them back as copies of it
 * that are in no namespace.
 */
final class DetachedMountRemap implements MountRemap {
    static final String NAME = "detached-mount";

    private final FoundMounts found = new FoundMounts();
    private final KeptTrees kept = new KeptTrees();
    private RestoredMounts restored;
    private RestoreContext restore;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Claim claim(OpenFile file, ClaimContext context) {
        FoundMount mount = found.of(file, context);
        if (mount instanceof FoundMount.Lost lost) {
            return Claim.refuse(Claim.Fit.TYPE, lost.reason(), lost.help());
        }
        if (mount instanceof FoundMount.Foreign foreign && !External.isAnnounced(file, context)) {
            return Claim.refuse(Claim.Fit.TYPE, External.reason(foreign), External.help(file));
        }
        if (mount instanceof FoundMount.Kept && MountPaths.isDeleted(file.link()) && file.status().links() > 0) {
            return Claim.refuse(Claim.Fit.TYPE, "its mount is detached, its file system is mounted nowhere else, and it was renamed over"
                    + " or one of its names was deleted", "mount the file system somewhere else too");
        }
        return Claim.take(Claim.Fit.TYPE);
    }

    /** What became of the mount of {@code file}. */
    FoundMount mountOf(OpenFile file, ClaimContext context) {
        return found.of(file, context);
    }

    @Override
    public Optional<Fd> presentRoot(OpenFile file, ClaimContext context) {
        FoundMount mount = found.of(file, context);
        if (mount instanceof FoundMount.Shown shown) {
            return Optional.of(shown.present());
        }
        return mount instanceof FoundMount.Covered covered ? Optional.of(covered.present()) : Optional.empty();
    }

    @Override
    public UnixPath link(OpenFile file, ClaimContext context) {
        FoundMount mount = found.of(file, context);
        UnixPath point = mount instanceof FoundMount.Shown shown ? shown.point()
                : mount instanceof FoundMount.Covered covered ? covered.entry().mountPoint() : null;
        UnixPath below = MountPaths.below(file.link(), point);
        return below == null ? file.link() : below;
    }

    @Override
    public byte[] dump(OpenFile file, DumpContext context) {
        FoundMount mount = found.of(file, context);
        detached_mount_entry.Builder entry = detached_mount_entry.newBuilder().setMntId(file.status().mountId());
        MountFlags flags = new MountFlags(FileSystemCalls.mountFlags(context.descriptor(file)));
        entry.setFlags(flags.told());
        if (mount instanceof FoundMount.Shown shown) {
            entry.setRoot(ByteString.copyFrom(shown.root().bytes()));
            entry.setFlags((shown.readOnlyFileSystem() ? flags.writable() : flags).told());
        } else if (mount instanceof FoundMount.Covered covered) {
            entry.setCovered(covered(covered.entry()));
        } else if (mount instanceof FoundMount.Kept) {
            entry.setContents(kept.idOf(file, context));
        } else {
            entry.setExternal(External.key(file));
        }
        return entry.build().toByteArray();
    }

    private static covered_mount_entry covered(MountEntry entry) {
        return covered_mount_entry.newBuilder()
                .setMountPoint(ByteString.copyFrom(entry.mountPoint().bytes()))
                .setRoot(ByteString.copyFrom(entry.root().bytes()))
                .setType(entry.type())
                .setSource(entry.source())
                .build();
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
            restored = context.own(new RestoredMounts(context));
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
