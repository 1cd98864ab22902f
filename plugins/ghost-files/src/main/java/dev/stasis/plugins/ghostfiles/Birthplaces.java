package dev.stasis.plugins.ghostfiles;

import dev.stasis.linux.Fd;
import dev.stasis.linux.InodeId;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.NameCalls;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/** The directories of some ghosts that are made together, each opened once. */
final class Birthplaces implements AutoCloseable {
    private static final int LOCK_ATTEMPTS = 2000;
    private static final long LOCK_PAUSE_NANOS = 1_000_000;

    private final Fd base;
    private final Map<UnixPath, Birthplace> places = new HashMap<>();

    /** Below {@code base}, which is borrowed. */
    Birthplaces(Fd base) {
        this.base = base;
    }

    /** The place {@code path}, which {@link Birthplace#open} opens the first time; borrowed. */
    Birthplace of(UnixPath path, boolean above) {
        Birthplace known = places.get(path);
        if (known == null) {
            known = Birthplace.open(base, path, above);
            places.put(path, known);
        }
        return known;
    }

    /** What they are below; borrowed. */
    Fd base() {
        return base;
    }

    /** All that were asked for. */
    Collection<Birthplace> all() {
        return places.values();
    }

    /**
     * Locks all directories until this is closed, so that two restores do not take each other's ghosts for files of others.
     * Both lock them in the same order. Whoever holds a lock for good is not waited for: then it is done without.
     */
    void lock() {
        List<Birthplace> ordered = new ArrayList<>(places.values());
        ordered.sort(new Comparator<Birthplace>() {
            @Override
            public int compare(Birthplace one, Birthplace other) {
                return Long.compare(one.inode().number(), other.inode().number());
            }
        });
        Set<InodeId> locked = new HashSet<>();
        for (int i = 0; i < ordered.size(); i++) {
            if (locked.add(ordered.get(i).inode())) {
                lock(ordered.get(i).directory());
            }
        }
    }

    private static void lock(Fd directory) {
        for (int i = 0; i < LOCK_ATTEMPTS && !NameCalls.tryLock(directory); i++) {
            LockSupport.parkNanos(LOCK_PAUSE_NANOS);
        }
    }

    @Override
    public void close() {
        for (Birthplace place : places.values()) {
            place.close();
        }
        places.clear();
    }
}
