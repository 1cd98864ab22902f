package dev.stasis.plugins.ghostfiles;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileType;
import dev.stasis.linux.fs.NameSequence;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.plugins.ghostfiles.proto.ghost_inode_entry;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.RestoreContext;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One attempt to make one ghost. A regular file is made without a name and filled where the file system can do that, so that
 * what fails fails unseen; then it is given its names for a moment; then it gets its owner and all else.
 */
final class GhostBirth implements AutoCloseable {
    private static final OpenFlags TMPFILE = OpenFlags.TMPFILE.with(OpenFlags.RDWR);
    private static final UnixPath HERE = UnixPath.of(".");

    private final GhostImage image;
    private final ghost_inode_entry entry;
    private final List<FileRecord> records;
    private final RestoreContext context;
    private final Map<UnixPath, Fd> files = new HashMap<>();
    private final List<FileRecord> named = new ArrayList<>(1);
    private Fd source;
    private BriefNames brief;

    /** Will make the ghost of {@code image}; {@code records} has one for each of its names. */
    GhostBirth(GhostImage image, List<FileRecord> records, RestoreContext context) {
        this.image = image;
        this.entry = image.entry();
        this.records = records;
        this.context = context;
    }

    /** Finds its {@code places}, and makes it as far as it can be made without a name. */
    void prepare(Birthplaces places) {
        for (int i = 0; i < records.size(); i++) {
            place(records.get(i), places);
        }
        source = source(place(records.get(0), places), places.base());
        if (source != null && !entry.getAlive()) {
            GhostContents.prepare(source, entry);
            image.copyTo(source);
        }
        for (int i = 0; i < records.size(); i++) {
            if (source != null && GhostRemap.entry(records.get(i)).getUnnamed()) {
                files.put(records.get(i).location().path(), again(source));
            } else {
                named.add(records.get(i));
            }
        }
    }

    private static Birthplace place(FileRecord record, Birthplaces places) {
        return places.of(relative(record).parent(), GhostRemap.entry(record).getParentGone());
    }

    static UnixPath relative(FileRecord record) {
        UnixPath path = record.location().path();
        return path.isAbsolute() ? path.dropFirst(1) : path;
    }

    /** What there is before it has a name: another of its names, or a new file without one; null when there is nothing. */
    private Fd source(Birthplace place, Fd base) {
        if (entry.getAlive()) {
            return OtherName.find(entry, records.get(0), base, place.directory());
        }
        if (FileType.ofMode(entry.getMode()) != FileType.REGULAR) {
            return null;
        }
        try {
            return FileCalls.openAt(place.directory(), HERE, isNeverNamed() ? TMPFILE.with(OpenFlags.EXCL) : TMPFILE, 0);
        } catch (KernelException e) {
            if (e.is(Errno.EOPNOTSUPP) || e.is(Errno.EISDIR) || e.is(Errno.EINVAL)) {
                return null; // the file system cannot
            }
            throw e;
        }
    }

    private boolean isNeverNamed() {
        boolean never = entry.getNotLinkable();
        for (int i = 0; i < records.size(); i++) {
            never &= GhostRemap.entry(records.get(i)).getUnnamed();
        }
        return never;
    }

    private static Fd again(Fd file) {
        return FileCalls.open(UnixPath.of("/proc/self/fd/" + file.number()), OpenFlags.PATH, 0);
    }

    /** Adds to {@code sequence} what gives it its names at {@code places}, which are locked; the {@code number}-th attempt. */
    void compose(NameSequence sequence, Birthplaces places, int number) {
        if (named.isEmpty()) {
            return;
        }
        boolean isDirectory = FileType.ofMode(entry.getMode()) == FileType.DIRECTORY;
        List<BriefName> names = new ArrayList<>(named.size());
        List<Birthplace> used = new ArrayList<>(named.size());
        for (int i = 0; i < named.size(); i++) {
            Birthplace place = place(named.get(i), places);
            used.add(place);
            names.add(BriefName.of(place, relative(named.get(i)).fileName(), isDirectory, number, i));
        }
        brief = new BriefNames(names, used, sequence);
        brief.compose(source == null ? new Node.New(entry) : new Node.Open(source));
    }

    /** Looks what came of the sequence and gives the ghost all else; false when others got into its way. */
    boolean finish() {
        if (brief != null && !takeFiles()) {
            return false;
        }
        if (!entry.getAlive()) {
            GhostContents.fill(source == null ? files.values().iterator().next() : source, image, source == null, context.log());
        }
        return true;
    }

    private boolean takeFiles() {
        if (brief.mustTryAgain()) {
            return false;
        }
        if (brief.failure() != null) {
            return failed(brief.failure());
        }
        List<Fd> found = brief.files(context.log());
        for (int i = 0; i < found.size(); i++) {
            files.put(named.get(i).location().path(), found.get(i));
        }
        brief = null;
        return true;
    }

    /** What has a name can be used under it when it cannot be given another; a directory that went since is looked for again. */
    private boolean failed(KernelException failure) {
        if (!entry.getAlive()) {
            if (failure.is(Errno.ENOENT) && GhostRemap.entry(named.get(0)).getParentGone()) {
                return false;
            }
            throw failure;
        }
        for (int i = 0; i < named.size(); i++) {
            context.log().warn(GhostPlan.subject(named.get(i)) + ": is shown under its other name, it cannot be linked ("
                    + failure.errno().name() + ")");
            files.put(named.get(i).location().path(), again(source));
        }
        return true;
    }

    /** What it was. */
    ghost_inode_entry entry() {
        return entry;
    }

    /** O_PATH descriptors of it by its names, which the caller owns; once. */
    Map<UnixPath, Fd> files() {
        Map<UnixPath, Fd> taken = new HashMap<>(files);
        files.clear();
        return taken;
    }

    @Override
    public void close() {
        if (source != null) {
            source.close();
        }
        if (brief != null) {
            brief.discard();
        }
        RestoredGhosts.close(files);
    }
}
