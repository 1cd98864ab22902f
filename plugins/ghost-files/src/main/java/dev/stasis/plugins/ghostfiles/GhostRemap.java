package dev.stasis.plugins.ghostfiles;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.stasis.linux.Fd;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileStatus;
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

    private final DumpedGhosts dumped = new DumpedGhosts();
    private final GhostClaims claims = new GhostClaims();
    private final LostDirectories directories = new LostDirectories();
    private RestoreContext restore;
    private GhostPlan plan;
    private RestoredGhosts restored;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Claim claim(OpenFile file, ClaimContext context) {
        return claims.claim(file, context);
    }

    @Override
    public boolean isFleeting(OpenFile file, ClaimContext context) {
        return SillyName.isOf(file, context);
    }

    @Override
    public long contentBytes(OpenFile file, ClaimContext context) {
        return GhostClaims.contentBytes(file, context);
    }

    @Override
    public long bytesAhead(OpenFile file, ClaimContext context) {
        SeenGhost known = dumped.ahead().unchanged(file, context);
        return known != null && dumped.ahead().holdsContents(known, context) ? contentBytes(file, context) : 0;
    }

    @Override
    public boolean deservesFirstLook(UnixPath link, RemoteFd descriptor) {
        if (!LostName.isDeleted(link) || !link.isAbsolute()) {
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
        DumpedGhosts.Written written = dumped.of(file, context);
        return ghost_location_entry.newBuilder()
                .setGhostId(written.id())
                .setPlace(written.place())
                .setParentGone(directories.isGone(file, context))
                .setUnnamed(LostName.isUnnamed(file))
                .build()
                .toByteArray();
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
