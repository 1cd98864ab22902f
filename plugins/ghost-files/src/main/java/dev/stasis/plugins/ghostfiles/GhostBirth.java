package dev.stasis.plugins.ghostfiles;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileType;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.RestoreContext;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes one ghost. A regular file is made without a name and filled where the file system can do that, so that what fails
 * fails unseen; then it is given its names for a moment; then it gets its owner and all else.
 */
final class GhostBirth {
    private static final OpenFlags TMPFILE = OpenFlags.TMPFILE.with(OpenFlags.RDWR);
    private static final UnixPath HERE = UnixPath.of(".");
    private static final int ATTEMPTS = 100;

    private final GhostImage image;
    private final List<FileRecord> records;
    private final Fd base;
    private final RestoreContext context;
    private final boolean isDirectory;

    /**
     * Image and base are borrowed.
     *
     * @param records one for each name
     */
    GhostBirth(GhostImage image, List<FileRecord> records, Fd base, RestoreContext context) {
        this.image = image;
        this.records = records;
        this.base = base;
        this.context = context;
        this.isDirectory = FileType.ofMode(image.entry().getMode()) == FileType.DIRECTORY;
    }

    /** Makes it; O_PATH descriptors of it, which the caller owns, by its names. */
    Map<UnixPath, Fd> make() {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Optional<Map<UnixPath, Fd>> made = tryMake(attempt);
            if (made.isPresent()) {
                return made.get();
            }
        }
        throw new KernelException("linkat", records.get(0).location().path(), Errno.EEXIST);
    }

    private Optional<Map<UnixPath, Fd>> tryMake(int attempt) {
        Map<UnixPath, Birthplace> places = new HashMap<>();
        Map<UnixPath, Fd> files = new HashMap<>();
        Fd file = null;
        boolean done = false;
        try {
            for (int i = 0; i < records.size(); i++) {
                open(records.get(i), places);
            }
            file = source(places);
            if (!image.entry().getAlive() && file != null) {
                GhostContents.write(file, image);
            }
            done = unnamed(file, files) && named(file, places, attempt, files);
            if (done && !image.entry().getAlive()) {
                GhostContents.fill(files.values().iterator().next(), image, file == null, context.log());
            }
            return done ? Optional.of(files) : Optional.empty();
        } catch (RuntimeException e) {
            done = false;
            throw e;
        } finally {
            close(places, file);
            if (!done) {
                RestoredGhosts.close(files);
            }
        }
    }

    private void open(FileRecord record, Map<UnixPath, Birthplace> places) {
        UnixPath parent = relative(record).parent();
        if (!places.containsKey(parent)) {
            places.put(parent, Birthplace.open(base, parent, GhostRemap.entry(record).getParentGone()));
        }
    }

    static UnixPath relative(FileRecord record) {
        UnixPath path = record.location().path();
        return path.isAbsolute() ? path.dropFirst(1) : path;
    }

    /** What there is before it has a name: another of its names, or a new file without one; null when there is nothing. */
    private Fd source(Map<UnixPath, Birthplace> places) {
        Birthplace place = places.get(relative(records.get(0)).parent());
        if (image.entry().getAlive()) {
            return OtherName.find(image.entry(), records.get(0), place.directory());
        }
        if (FileType.ofMode(image.entry().getMode()) != FileType.REGULAR) {
            return null;
        }
        try {
            return FileCalls.openAt(place.directory(), HERE, TMPFILE, 0);
        } catch (KernelException e) {
            if (e.is(Errno.EOPNOTSUPP) || e.is(Errno.EISDIR) || e.is(Errno.EINVAL)) {
                return null; // the file system cannot
            }
            throw e;
        }
    }

    private boolean unnamed(Fd file, Map<UnixPath, Fd> files) {
        for (int i = 0; i < records.size(); i++) {
            if (GhostRemap.entry(records.get(i)).getUnnamed() && file != null) {
                files.put(records.get(i).location().path(), again(file));
            }
        }
        return true;
    }

    private static Fd again(Fd file) {
        return FileCalls.open(UnixPath.of("/proc/self/fd/" + file.number()), OpenFlags.PATH, 0);
    }

    /** False when others got into its way, so that nothing was done. */
    private boolean named(Fd file, Map<UnixPath, Birthplace> places, int attempt, Map<UnixPath, Fd> files) {
        List<FileRecord> wanted = new ArrayList<>(records.size());
        List<BriefName> names = new ArrayList<>(records.size());
        for (int i = 0; i < records.size(); i++) {
            FileRecord record = records.get(i);
            if (!files.containsKey(record.location().path())) {
                UnixPath path = relative(record);
                wanted.add(record);
                names.add(BriefName.of(places.get(path.parent()), path.fileName(), isDirectory, attempt, i));
            }
        }
        if (names.isEmpty()) {
            return true;
        }
        Node node = file == null ? new Node.New(image.entry()) : new Node.Open(file);
        BriefNames brief = BriefNames.of(node, names, places.values());
        if (brief.mustTryAgain()) {
            brief.discard();
            return false;
        }
        if (brief.failure() != null) {
            brief.discard();
            return failed(brief.failure(), file, wanted, files);
        }
        List<Fd> found = brief.files(context.log());
        for (int i = 0; i < found.size(); i++) {
            files.put(wanted.get(i).location().path(), found.get(i));
        }
        return true;
    }

    /** What has a name can be used under it when it cannot be given another; a directory that went since is looked for again. */
    private boolean failed(KernelException failure, Fd file, List<FileRecord> wanted, Map<UnixPath, Fd> files) {
        if (!image.entry().getAlive()) {
            if (failure.is(Errno.ENOENT) && GhostRemap.entry(wanted.get(0)).getParentGone()) {
                return false;
            }
            throw failure;
        }
        for (int i = 0; i < wanted.size(); i++) {
            context.log().warn(GhostPlan.subject(wanted.get(i)) + ": is shown under its other name, it cannot be linked ("
                    + failure.errno().name() + ")");
            files.put(wanted.get(i).location().path(), again(file));
        }
        return true;
    }

    private static void close(Map<UnixPath, Birthplace> places, Fd file) {
        for (Birthplace place : places.values()) {
            place.close();
        }
        if (file != null) {
            file.close();
        }
    }
}
