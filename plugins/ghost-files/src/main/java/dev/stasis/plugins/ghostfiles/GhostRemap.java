package dev.stasis.plugins.ghostfiles;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.FileSystemCalls;
import dev.stasis.linux.fs.FileType;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.plugins.ghostfiles.proto.ghost_location_entry;
import dev.stasis.spi.Claim;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.DumpContext;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.FirstLookContext;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.PathRemap;
import dev.stasis.spi.Problem;
import dev.stasis.spi.RestoreContext;
import dev.stasis.spi.StasisException;
import java.util.List;
import java.util.Optional;

/**
 * Finds what lost its name again: the inode itself where it has another name, one made anew from the image otherwise. All
 * open files, mappings and locations of one inode are of one inode again.
 */
final class GhostRemap implements PathRemap {
    static final String NAME = "ghost";

    private static final String DELETED = " (deleted)";
    private static final OpenFlags DIRECTORY = OpenFlags.PATH.with(OpenFlags.DIRECTORY);

    private final DumpedGhosts dumped = new DumpedGhosts();
    private ClaimContext claims;
    /** The host's, for {@link #claims}. */
    private Fd root;
    /** Where nothing was in the way when it was looked at last. */
    private UnixPath free;
    /** A directory that was found below {@code below} by {@code dump}. */
    private UnixPath present;
    private Fd below;
    private DumpContext dump;
    private RestoreContext restore;
    private GhostPlan plan;
    private RestoredGhosts restored;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Claim claim(OpenFile file, ClaimContext context) {
        FileType type = file.status().type();
        if (!file.link().endsWith(DELETED) || type == FileType.ANONYMOUS) {
            return Claim.none();
        }
        if (type == FileType.SOCKET) {
            return Claim.refuse(Claim.Fit.TYPE, "it is a deleted name of a unix socket, which is not kept yet", "close it");
        }
        long limit = type == FileType.REGULAR && !isAlive(file) ? GhostLimit.of(context.options()) : Long.MAX_VALUE;
        if (file.status().size() > limit) {
            return Claim.refuse(Claim.Fit.TYPE, "it is deleted, " + file.status().size() + " bytes large, and --ghost-limit is "
                    + limit, "raise --ghost-limit, or leave it away");
        }
        Optional<Obstacle> obstacle = obstacle(file, context);
        if (obstacle.isPresent()) {
            return Claim.refuse(Claim.Fit.TYPE, obstacle.get().reason(nameOf(file).parent()), obstacle.get().help());
        }
        GhostPlacement.of(context.options()); // says it if the option's value is none
        return Claim.take(Claim.Fit.TYPE);
    }

    /**
     * What stands in the place of the directory of {@code file}, on its mount. What only looks like it, being on another mount,
     * says nothing: {@link #dump} looks again, below the mount that the file is found on then.
     */
    private Optional<Obstacle> obstacle(OpenFile file, ClaimContext context) {
        UnixPath directory = nameOf(file).parent();
        if (context == claims && directory.equals(free)) {
            return Optional.empty();
        }
        if (context != claims) {
            claims = context;
            root = context.own(FileCalls.open(UnixPath.of("/"), DIRECTORY, 0));
        }
        Optional<Obstacle> obstacle = Obstacle.find(root, directory);
        if (obstacle.isEmpty()) {
            free = directory;
        }
        return obstacle.isPresent() && obstacle.get().status().mountId() == file.status().mountId() ? obstacle : Optional.empty();
    }

    /** Whether the inode has names still, only not the one that was used. */
    static boolean isAlive(OpenFile file) {
        return file.status().links() > 0 && file.status().type() != FileType.DIRECTORY;
    }

    /** The name that it lost. */
    static UnixPath nameOf(OpenFile file) {
        return file.link().dropLast(DELETED.length());
    }

    @Override
    public long contentBytes(OpenFile file, ClaimContext context) {
        long bytes = Math.min(file.status().size(), file.status().blocks() * 512);
        boolean inPlace = GhostPlacement.of(context.options()) == GhostPlacement.RELINK && bytes >= GhostPlacement.LARGE
                && FileSystemCalls.sharesBlocks(context.descriptor(file));
        return inPlace || file.status().type() != FileType.REGULAR || isAlive(file) ? 0 : bytes;
    }

    @Override
    public long bytesAhead(OpenFile file, ClaimContext context) {
        SeenGhost known = dumped.ahead().unchanged(file, context);
        return known != null && dumped.ahead().holdsContents(known, context) ? contentBytes(file, context) : 0;
    }

    @Override
    public boolean deservesFirstLook(UnixPath link, RemoteFd descriptor) {
        if (!link.endsWith(DELETED) || !link.isAbsolute()) {
            return false;
        }
        Optional<FileStatus> found = FileCalls.tryStatus(ProcFile.path(descriptor.task(), "fd/" + descriptor.number()));
        return found.isPresent() && found.get().type() == FileType.REGULAR && found.get().links() == 0
                && found.get().blocks() * 512 >= GhostPlacement.LARGE;
    }

    @Override
    public void lookAhead(List<OpenFile> files, FirstLookContext context) {
        dumped.ahead(GhostsAhead.none());
        dumped.ahead(GhostsAhead.look(files, context));
    }

    @Override
    public byte[] dump(OpenFile file, DumpContext context) {
        UnixPath name = nameOf(file);
        DumpedGhosts.Written written = dumped.of(file, context);
        return ghost_location_entry.newBuilder()
                .setGhostId(written.id())
                .setPlace(written.place())
                .setParentGone(isGone(name.parent(), file, context))
                .setUnnamed(!isAlive(file) && isUnnamed(file, name))
                .build()
                .toByteArray();
    }

    private boolean isGone(UnixPath directory, OpenFile file, DumpContext context) {
        try {
            return !directory.isAbsolute() || isGone(context, context.base(file), directory, file);
        } catch (KernelException e) {
            return true;
        }
    }

    /** Many are of one directory. */
    private boolean isGone(DumpContext context, Fd base, UnixPath directory, OpenFile file) {
        if (context == dump && base == below && directory.equals(present)) {
            return false;
        }
        if (isGone(base, directory, file)) {
            return true;
        }
        dump = context;
        below = base;
        present = directory;
        return false;
    }

    private static boolean isGone(Fd base, UnixPath directory, OpenFile file) {
        Optional<FileStatus> found = Obstacle.status(base, directory);
        if (found.isPresent() && found.get().type() == FileType.DIRECTORY) {
            return false;
        }
        Optional<Obstacle> obstacle = Obstacle.find(base, directory);
        if (obstacle.isPresent()) {
            throw new StasisException(obstacle.get().problem(file.toString(), directory));
        }
        return found.isEmpty();
    }

    /** What O_TMPFILE makes is called by its inode number until it is given a name. */
    private static boolean isUnnamed(OpenFile file, UnixPath name) {
        return name.fileName().equals(UnixPath.of("#" + Long.toUnsignedString(file.status().inode().number())));
    }

    /** What {@code record} says of its ghost; null when another remap finds it. */
    static ghost_location_entry entry(FileRecord record) {
        if (record.location() == null || record.location().pathRemap().isEmpty()
                || !record.location().pathRemap().get().remap().equals(NAME)) {
            return null;
        }
        try {
            return ghost_location_entry.parseFrom(record.location().pathRemap().get().payload());
        } catch (InvalidProtocolBufferException e) {
            throw GhostImage.malformed("location of file " + record.id(), e.getMessage(), e);
        }
    }

    @Override
    public List<Problem> plan(FileRecord record, RestoreContext context) {
        begin(context);
        Optional<Problem> problem = plan.check(record);
        return problem.isPresent() ? List.of(problem.get()) : List.of();
    }

    @Override
    public Fd open(FileRecord record, Fd base, UnixPath path, OpenFlags flags, RestoreContext context) {
        begin(context);
        return restored.open(record, base, flags);
    }

    private void begin(RestoreContext context) {
        if (restore != context) {
            GhostImages images = context.own(new GhostImages(context.image()));
            plan = new GhostPlan(images);
            restored = context.own(new RestoredGhosts(images, context));
            restore = context;
        }
    }

    /** Sets the times of all ghosts that were made anew. */
    void setTimes(List<FileRecord> records, RestoreContext context) {
        if (restore == context) {
            restored.setTimes(records);
        }
    }
}
