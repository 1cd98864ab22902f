package dev.stasis.plugins.ghostfiles;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.fs.NameSequence;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.RestoreContext;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes ghosts, many at once: each has its names for its own short moment, but all of them need only one child that gives and
 * takes the names. Those into whose way others got are made again, one by one.
 */
final class GhostBirths {
    private static final int ATTEMPTS = 100;

    private final GhostImages images;
    private final Fd base;
    private final RestoreContext context;

    /** What becomes of a ghost that was made. */
    interface Cradle {
        void made(int id, List<FileRecord> names, GhostBirth ghost);
    }

    /** Those of {@code images}, below {@code base}; both are borrowed. */
    GhostBirths(GhostImages images, Fd base, RestoreContext context) {
        this.images = images;
        this.base = base;
        this.context = context;
    }

    /** Makes the ghosts {@code ids}, the {@code records} of which are at the same index, and gives them to {@code cradle}. */
    void make(List<Integer> ids, List<List<FileRecord>> records, Cradle cradle) {
        List<Integer> left = new ArrayList<>(ids);
        List<List<FileRecord>> theirs = new ArrayList<>(records);
        for (int attempt = 0; attempt < ATTEMPTS && !left.isEmpty(); attempt++) {
            attempt(left, theirs, attempt, cradle);
        }
        if (!left.isEmpty()) {
            throw new KernelException("linkat", theirs.get(0).get(0).location().path(), Errno.EEXIST);
        }
    }

    /** Takes those out that succeeded. */
    private void attempt(List<Integer> ids, List<List<FileRecord>> records, int number, Cradle cradle) {
        List<GhostBirth> births = new ArrayList<>(ids.size());
        try (Birthplaces places = new Birthplaces(base)) {
            for (int i = 0; i < ids.size(); i++) {
                births.add(new GhostBirth(images.of(GhostRemap.entry(records.get(i).get(0))), records.get(i), context));
                births.get(i).prepare(places);
            }
            name(births, places, number);
            for (int i = births.size() - 1; i >= 0; i--) {
                if (births.get(i).finish()) {
                    cradle.made(ids.remove(i), records.remove(i), births.get(i));
                }
            }
        } finally {
            for (int i = 0; i < births.size(); i++) {
                births.get(i).close();
            }
        }
    }

    private static void name(List<GhostBirth> births, Birthplaces places, int number) {
        NameSequence sequence = new NameSequence();
        places.lock();
        for (int i = 0; i < births.size(); i++) {
            births.get(i).compose(sequence, places, number * births.size() + i);
        }
        sequence.run();
    }
}
