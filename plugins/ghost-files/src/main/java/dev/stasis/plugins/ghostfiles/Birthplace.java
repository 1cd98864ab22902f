package dev.stasis.plugins.ghostfiles;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.DirectoryCalls;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.LongPaths;
import dev.stasis.linux.fs.NameCalls;
import dev.stasis.linux.fs.OpenFlags;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.LockSupport;

/**
 * The directory in which a ghost once was, locked so that two restores do not take each other's ghosts for files of
 * others. Directories that were gone too are made for as long as this is open.
 */
final class Birthplace implements AutoCloseable {
    private static final OpenFlags DIRECTORY = OpenFlags.RDONLY.with(OpenFlags.DIRECTORY);
    private static final int LOCK_ATTEMPTS = 2000;
    private static final long LOCK_PAUSE_NANOS = 1_000_000;

    /** A directory that was made for a moment; the parent is owned. */
    private record Made(Fd parent, UnixPath name) {}

    private final Fd directory;
    private final Deque<Made> made;

    private Birthplace(Fd directory, Deque<Made> made) {
        this.directory = directory;
        this.made = made;
    }

    /** Opens {@code path}, relative to {@code base}; with {@code make}, makes what is missing of it. */
    static Birthplace open(Fd base, UnixPath path, boolean make) {
        Deque<Made> made = new ArrayDeque<>();
        boolean done = false;
        try {
            Birthplace place = new Birthplace(open(base, path, make, made), made);
            done = true;
            place.lock();
            return place;
        } finally {
            if (!done) {
                remove(made);
            }
        }
    }

    private static Fd open(Fd base, UnixPath path, boolean make, Deque<Made> made) {
        try {
            return LongPaths.open(base, path, DIRECTORY);
        } catch (KernelException e) {
            if (!e.is(Errno.ENOENT) || !make || path.equals(UnixPath.of("."))) {
                throw e;
            }
        }
        Fd parent = open(base, path.parent(), true, made);
        boolean kept = false;
        try {
            if (NameCalls.tryMakeDirectory(parent, path.fileName(), 0700)) {
                made.push(new Made(parent, path.fileName()));
                kept = true;
            }
            return FileCalls.openAt(parent, path.fileName(), DIRECTORY, 0);
        } finally {
            if (!kept) {
                parent.close();
            }
        }
    }

    /** The program that the ghost belongs to may lock the directory for good; then the lock is done without. */
    private void lock() {
        for (int i = 0; i < LOCK_ATTEMPTS && !NameCalls.tryLock(directory); i++) {
            LockSupport.parkNanos(LOCK_PAUSE_NANOS);
        }
    }

    /** The directory; borrowed. */
    Fd directory() {
        return directory;
    }

    private static void remove(Deque<Made> made) {
        while (!made.isEmpty()) {
            Made one = made.pop();
            try (Fd parent = one.parent()) {
                DirectoryCalls.remove(parent, one.name());
            } catch (KernelException e) {
                // Somebody put something into it, or removed it: it is theirs now.
            }
        }
    }

    @Override
    public void close() {
        directory.close();
        remove(made);
    }
}
