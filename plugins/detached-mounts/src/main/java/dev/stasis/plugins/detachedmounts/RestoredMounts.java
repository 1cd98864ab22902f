package dev.stasis.plugins.detachedmounts;

import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.fs.MountCalls;
import dev.stasis.plugins.detachedmounts.proto.detached_mount_entry;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.Problem;
import dev.stasis.spi.RestoreContext;
import dev.stasis.spi.StasisException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The mounts of one restore: for each that was dumped one copy of a mount in sight, in no namespace and untied from all others.
 * It lives on in the files that are opened on it when this is closed, as the mount before it did.
 */
final class RestoredMounts implements AutoCloseable {

    /** A mount by its root, which is owned, and the attributes that it gets in the end. */
    private record Copy(Fd root, long attributes, String what) {}

    private final RestoreContext context;
    private final Map<Long, Copy> copies = new HashMap<>();
    private final Map<Long, KernelException> failures = new HashMap<>();

    RestoredMounts(RestoreContext context) {
        this.context = context;
    }

    /** What stands in the way of {@link #root}. */
    Optional<Problem> problem(FileRecord record) {
        try {
            copy(record);
            return Optional.empty();
        } catch (StasisException e) {
            return Optional.of(e.problems().get(0));
        }
    }

    /** The root of the mount of {@code record}, which the caller owns. */
    Fd root(FileRecord record) {
        return copy(record).root().duplicate();
    }

    private Copy copy(FileRecord record) {
        detached_mount_entry entry = Entries.of(record);
        Copy known = copies.get(entry.getMntId());
        if (known != null) {
            return known;
        }
        MountSource source = MountSource.of(entry, record, context);
        if (failures.containsKey(entry.getMntId())) {
            throw source.failed(failures.get(entry.getMntId()));
        }
        try {
            Copy copy = new Copy(untied(source.make()), new MountFlags(entry.getFlags()).attributes(), source.toString());
            copies.put(entry.getMntId(), copy);
            return copy;
        } catch (KernelException e) {
            failures.put(entry.getMntId(), e);
            throw source.failed(e);
        }
    }

    private static Fd untied(Fd root) {
        boolean done = false;
        try {
            MountCalls.isolate(root);
            MountCalls.attributes(root, MountFlags.OPEN_TO_ALL, MountFlags.ALL);
            done = true;
            return root;
        } finally {
            if (!done) {
                root.close();
            }
        }
    }

    /**
     * Gives each mount the attributes that it had. Not before: files may have been opened, mapped or deleted while the mount
     * allowed it.
     */
    void setFinalFlags() {
        for (Copy copy : copies.values()) {
            try {
                MountCalls.attributes(copy.root(), copy.attributes(), MountFlags.ALL);
            } catch (KernelException e) {
                context.log().warn(copy.what() + " does not get its flags back: " + e.getMessage());
            }
        }
    }

    @Override
    public void close() {
        for (Copy copy : copies.values()) {
            copy.root().close();
        }
        copies.clear();
    }
}
