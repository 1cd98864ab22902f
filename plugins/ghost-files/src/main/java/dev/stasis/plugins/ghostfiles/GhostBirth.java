package dev.stasis.plugins.ghostfiles;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.InodeId;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.DirectoryEntries;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileHandle;
import dev.stasis.linux.fs.HandleCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.plugins.ghostfiles.proto.ghost_inode_entry;
import dev.stasis.plugins.ghostfiles.proto.ghost_location_entry;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.Problem;
import dev.stasis.spi.RestoreContext;
import dev.stasis.spi.StasisException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes one ghost. Its first name is taken away again as soon as it is open, unless it needs more names, and only then it is
 * filled: others see an empty file at most, and a tool that is killed leaves nothing.
 */
final class GhostBirth implements AutoCloseable {
    private static final OpenFlags LOOK = OpenFlags.PATH.with(OpenFlags.NOFOLLOW);
    private static final OpenFlags TMPFILE = OpenFlags.TMPFILE.with(OpenFlags.RDWR);

    private final GhostImage image;
    private final Fd base;
    private final RestoreContext context;
    private final Deque<BriefName> names = new ArrayDeque<>();
    private final Map<UnixPath, Birthplace> places = new HashMap<>();
    private Fd first;
    private Fd alive;

    /** Image and base are borrowed. */
    GhostBirth(GhostImage image, Fd base, RestoreContext context) {
        this.image = image;
        this.base = base;
        this.context = context;
    }

    /** An O_PATH descriptor, which the caller owns, of the ghost under the name of {@code record}. */
    Fd name(FileRecord record, UnixPath path) {
        ghost_location_entry location = GhostRemap.entry(record);
        Birthplace place = places.get(path.parent());
        if (place == null) {
            place = Birthplace.open(base, path.parent(), location.getParentGone());
            places.put(path.parent(), place);
        }
        Fd named = location.getUnnamed() ? unnamed(place) : named(record, place, path.fileName());
        first = first == null ? named : first;
        return named;
    }

    private Fd unnamed(Birthplace place) {
        UnixPath here = UnixPath.of(".");
        Fd source = first == null ? FileCalls.openAt(place.directory(), here, TMPFILE, 0) : first;
        try {
            return FileCalls.open(UnixPath.of("/proc/self/fd/" + source.number()), OpenFlags.PATH, 0);
        } finally {
            if (source != first) {
                source.close();
            }
        }
    }

    private Fd named(FileRecord record, Birthplace place, UnixPath name) {
        if (!image.entry().getAlive()) {
            return named(first == null ? new Node.New(image.entry()) : new Node.Known(first), place, name);
        }
        alive = alive == null ? find(record, place) : alive;
        try {
            return named(new Node.Known(alive), place, name);
        } catch (KernelException e) {
            context.log().warn(GhostPlan.subject(record) + ": is shown under its other name, it cannot be linked ("
                    + e.errno().name() + ")");
            return FileCalls.open(UnixPath.of("/proc/self/fd/" + alive.number()), OpenFlags.PATH, 0);
        }
    }

    private Fd named(Node node, Birthplace place, UnixPath name) {
        BriefName brief = BriefName.of(node, place, name, context.log());
        names.push(brief);
        return brief.file();
    }

    private Fd find(FileRecord record, Birthplace place) {
        ghost_inode_entry entry = image.entry();
        if (entry.hasHandle()) {
            FileHandle handle = new FileHandle(entry.getHandle().getType(), entry.getHandle().getValue().toByteArray());
            Optional<Fd> found = HandleCalls.tryOpen(place.directory(), handle, OpenFlags.PATH);
            if (found.isPresent() && FileCalls.status(found.get()).links() > 0) {
                return found.get();
            }
            if (found.isPresent()) {
                found.get().close();
            }
        }
        Fd neighbour = neighbour(place.directory(), entry.getIno());
        if (neighbour == null) {
            throw new StasisException(new Problem(GhostFilesErrorCode.OTHER_NAME_GONE, GhostPlan.subject(record),
                    "it had another name when it was dumped, which leads to it no more",
                    "bring the file back under that name, with its inode number " + Long.toUnsignedString(entry.getIno())));
        }
        return neighbour;
    }

    /** Some file systems have no handles; then another name in the same directory will do. Null when there is none. */
    private static Fd neighbour(Fd directory, long inode) {
        InodeId wanted = new InodeId(FileCalls.status(directory).inode().device(), inode);
        List<UnixPath> entries = DirectoryEntries.names(directory);
        for (int i = 0; i < entries.size(); i++) {
            try {
                Fd entry = FileCalls.openAt(directory, entries.get(i), LOOK, 0);
                if (FileCalls.status(entry).inode().equals(wanted)) {
                    return entry;
                }
                entry.close();
            } catch (KernelException e) {
                if (!e.is(Errno.ENOENT)) {
                    throw e;
                }
            }
        }
        return null;
    }

    /** Takes all names away, then gives a new inode its contents and attributes. */
    void finish() {
        takeNamesAway();
        if (!image.entry().getAlive()) {
            GhostContents.fill(first, image, context.log());
        }
    }

    private void takeNamesAway() {
        RuntimeException failure = null;
        while (!names.isEmpty()) {
            try {
                names.pop().close();
            } catch (RuntimeException e) {
                failure = failure == null ? e : failure;
            }
        }
        for (Birthplace place : places.values()) {
            place.close();
        }
        places.clear();
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public void close() {
        takeNamesAway();
        if (alive != null) {
            alive.close();
        }
    }
}
