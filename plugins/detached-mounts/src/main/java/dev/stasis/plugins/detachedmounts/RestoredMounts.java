package dev.stasis.plugins.detachedmounts;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.MountCalls;
import dev.stasis.plugins.detachedmounts.proto.detached_mount_entry;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.Log;
import dev.stasis.spi.Problem;
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
    private record Copy(Fd root, long attributes, UnixPath source) {}

    private final Log log;
    private final Map<Long, Copy> copies = new HashMap<>();
    private final Map<Long, KernelException> failures = new HashMap<>();

    RestoredMounts(Log log) {
        this.log = log;
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
        UnixPath source = UnixPath.of(entry.getRoot().toByteArray());
        if (failures.containsKey(entry.getMntId())) {
            throw failed(record, source, failures.get(entry.getMntId()));
        }
        try {
            Copy copy = new Copy(make(source), new MountFlags(entry.getFlags()).attributes(), source);
            copies.put(entry.getMntId(), copy);
            return copy;
        } catch (KernelException e) {
            failures.put(entry.getMntId(), e);
            throw failed(record, source, e);
        }
    }

    private static Fd make(UnixPath source) {
        try (Fd shown = RootSearch.openRoot(source)) {
            Fd root = MountCalls.detachedCopy(shown, false);
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
    }

    private static StasisException failed(FileRecord record, UnixPath source, KernelException e) {
        boolean missing = e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR);
        return new StasisException(missing
                ? new Problem(DetachedMountsErrorCode.ROOT_MISSING, Entries.subject(record), "the root of its detached mount was "
                        + source + ", which does not exist any more (" + e.errno().name() + ")", "put it back, or mount it there")
                : new Problem(DetachedMountsErrorCode.ROOT_NOT_MOUNTED, Entries.subject(record), "the root of its detached mount"
                        + " was " + source + ", of which no mount can be made: " + e.getMessage(), ""), e);
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
                log.warn("the detached mount of " + copy.source() + " does not get its flags back: " + e.getMessage());
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
