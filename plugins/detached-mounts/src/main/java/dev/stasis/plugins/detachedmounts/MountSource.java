package dev.stasis.plugins.detachedmounts;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.MountCalls;
import dev.stasis.linux.proc.MountEntry;
import dev.stasis.linux.proc.Mounts;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.plugins.detachedmounts.proto.covered_mount_entry;
import dev.stasis.plugins.detachedmounts.proto.detached_mount_entry;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.Problem;
import dev.stasis.spi.RestoreContext;
import dev.stasis.spi.StasisException;

/** What a mount is made from again, for the files of one record. */
final class MountSource {
    private final detached_mount_entry entry;
    private final FileRecord record;
    private final RestoreContext context;

    private MountSource(detached_mount_entry entry, FileRecord record, RestoreContext context) {
        this.entry = entry;
        this.record = record;
        this.context = context;
    }

    static MountSource of(detached_mount_entry entry, FileRecord record, RestoreContext context) {
        return new MountSource(entry, record, context);
    }

    /** The root of a mount that is in no namespace; the caller owns it. Throws {@link StasisException} naming the file. */
    Fd make() {
        if (entry.hasExternal()) {
            throw problem(DetachedMountsErrorCode.EXTERNAL_MISSING, "it belongs to another mount namespace, and nothing takes its place",
                    "give " + External.replacement(entry.getExternal()));
        }
        if (entry.hasContents()) {
            try (KeptTree tree = KeptTree.open(entry.getContents(), context.image())) {
                return new TreeReader(tree, entry.getContents(), context.log()).make();
            }
        }
        return entry.hasCovered() ? uncovered(entry.getCovered()) : copy();
    }

    private Fd copy() {
        try (Fd shown = RootSearch.openRoot(root())) {
            return MountCalls.detachedCopy(shown, false);
        }
    }

    private UnixPath root() {
        return UnixPath.of(entry.getRoot().toByteArray());
    }

    private Fd uncovered(covered_mount_entry wanted) {
        UnixPath point = UnixPath.of(wanted.getMountPoint().toByteArray());
        MountEntry mount = find(wanted, point);
        Fd root = mount == null ? null : CoveredMounts.root(mount);
        if (root == null) {
            throw problem(DetachedMountsErrorCode.ROOT_MISSING, "its mount was at " + point + " below another (" + wanted.getType()
                    + ", " + wanted.getSource() + "), and is not there any more", "mount it there, or unmount what is above it");
        }
        return root;
    }

    private MountEntry find(covered_mount_entry wanted, UnixPath point) {
        UnixPath root = UnixPath.of(wanted.getRoot().toByteArray());
        MountEntry found = null;
        for (MountEntry mount : Mounts.parse(ProcFile.read(ProcessCalls.self(), "mountinfo")).entries()) {
            boolean fits = mount.mountPoint().equals(point) && mount.root().equals(root) && mount.type().equals(wanted.getType())
                    && mount.source().equals(wanted.getSource());
            if (fits && (found == null || mount.id() == entry.getMntId())) {
                found = mount;
            }
        }
        return found;
    }

    /** What the failure {@code e} to make it means. */
    StasisException failed(KernelException e) {
        boolean missing = e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR);
        return missing && entry.hasRoot()
                ? problem(DetachedMountsErrorCode.ROOT_MISSING, "the root of its detached mount was " + root()
                        + ", which does not exist any more (" + e.errno().name() + ")", "put it back, or mount it there")
                : problem(DetachedMountsErrorCode.MOUNT_NOT_MADE, "its detached mount (" + this + ") cannot be made again: "
                        + e.getMessage(), "");
    }

    private StasisException problem(DetachedMountsErrorCode code, String reason, String help) {
        return new StasisException(new Problem(code, Entries.subject(record), reason, help));
    }

    @Override
    public String toString() {
        return entry.hasRoot() ? "a detached mount of " + root() : "a detached mount";
    }
}
