package dev.stasis.plugins.ghostfiles;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.AttributeCalls;
import dev.stasis.linux.fs.LongPaths;
import dev.stasis.linux.fs.NameCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * The directory in which a ghost once was, or the nearest above it that still exists, locked so that two restores do not
 * take each other's ghosts for files of others.
 */
final class Birthplace implements AutoCloseable {
    private static final OpenFlags DIRECTORY = OpenFlags.RDONLY.with(OpenFlags.DIRECTORY);
    private static final UnixPath HERE = UnixPath.of(".");
    private static final int LOCK_ATTEMPTS = 2000;
    private static final long LOCK_PAUSE_NANOS = 1_000_000;
    private static final int IMMUTABLE = 0x10;
    private static final int APPEND_ONLY = 0x20;

    private final Fd directory;
    private final List<UnixPath> missing;

    private Birthplace(Fd directory, List<UnixPath> missing) {
        this.directory = directory;
        this.missing = missing;
    }

    /** Opens {@code path}, relative to {@code base}; with {@code above}, the nearest directory above it will do. */
    static Birthplace open(Fd base, UnixPath path, boolean above) {
        Fd directory = null;
        UnixPath found = path;
        while (directory == null) {
            try {
                directory = LongPaths.open(base, found, DIRECTORY);
            } catch (KernelException e) {
                if (!e.is(Errno.ENOENT) || !above || found.equals(HERE)) {
                    throw e;
                }
                found = found.parent();
            }
        }
        Birthplace place = new Birthplace(directory, below(found, path));
        boolean done = false;
        try {
            place.requireRemovable(path);
            place.lock();
            done = true;
            return place;
        } finally {
            if (!done) {
                place.close();
            }
        }
    }

    /** The directories from below {@code found} down to {@code path}, as they are called from {@code found}. */
    private static List<UnixPath> below(UnixPath found, UnixPath path) {
        List<UnixPath> below = new ArrayList<>(0);
        for (UnixPath step = path; !step.equals(found); step = step.parent()) {
            below.add(0, found.equals(HERE) ? step : step.dropFirst(found.length() + 1));
        }
        return below;
    }

    /** A name that can be given but not be taken away again would stay for ever. */
    private void requireRemovable(UnixPath path) {
        if ((AttributeCalls.tryFlags(directory).orElse(0) & (IMMUTABLE | APPEND_ONLY)) != 0) {
            throw new StasisException(new Problem(GhostFilesErrorCode.READ_ONLY, path.toString(),
                    "a deleted file must be made again there, and the directory is immutable or append-only (EPERM)",
                    "take that attribute away with chattr -i -a"));
        }
    }

    /** The program that the ghost belongs to may lock the directory for good; then the lock is done without. */
    private void lock() {
        for (int i = 0; i < LOCK_ATTEMPTS && !NameCalls.tryLock(directory); i++) {
            LockSupport.parkNanos(LOCK_PAUSE_NANOS);
        }
    }

    /** The directory, or the nearest above it; borrowed. */
    Fd directory() {
        return directory;
    }

    /** The directories that are not there, from the uppermost down, as they are called from {@link #directory()}. */
    List<UnixPath> missing() {
        return missing;
    }

    /** What {@code name} in the directory is called from {@link #directory()}. */
    UnixPath of(UnixPath name) {
        return missing.isEmpty() ? name : missing.get(missing.size() - 1).resolve(name);
    }

    @Override
    public void close() {
        directory.close();
    }
}
