package dev.stasis.plugins.ghostfiles;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.plugins.ghostfiles.proto.ghost_inode_entry;
import dev.stasis.plugins.ghostfiles.proto.ghost_location_entry;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.RestoreContext;
import dev.stasis.spi.StasisException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The ghosts of one restore: each inode made or found once, with all names that it had, and opened from then on. */
final class RestoredGhosts implements AutoCloseable {
    private static final OpenFlags ACTING = OpenFlags.NOFOLLOW.with(OpenFlags.CREAT).with(OpenFlags.EXCL)
            .with(OpenFlags.TRUNC);

    private final RestoreContext context;
    private final Map<Integer, List<FileRecord>> records = new HashMap<>();
    /** The ghosts by their names. They are kept until the restore is over: a kind may open one record several times. */
    private final Map<Integer, Map<GhostName, Fd>> ghosts = new HashMap<>();
    private final Map<Integer, ghost_inode_entry> made = new HashMap<>();

    RestoredGhosts(RestoreContext context) {
        this.context = context;
        List<FileRecord> all = context.records();
        for (int i = 0; i < all.size(); i++) {
            ghost_location_entry entry = GhostRemap.entry(all.get(i));
            if (entry != null) {
                add(entry.getGhostId(), all.get(i));
            }
        }
    }

    private void add(int id, FileRecord record) {
        List<FileRecord> known = records.get(id);
        if (known == null) {
            known = new ArrayList<>(1);
            records.put(id, known);
        }
        known.add(record);
    }

    /** A new open file of the ghost of {@code record}; the caller owns it. */
    Fd open(FileRecord record, Fd base, OpenFlags flags) {
        int id = GhostRemap.entry(record).getGhostId();
        Map<GhostName, Fd> ghost = ghosts.get(id);
        if (ghost == null) {
            ghost = make(id, record, base);
            ghosts.put(id, ghost);
        }
        GhostName name = GhostName.of(record);
        Fd file = ghost.get(name);
        if (file == null) {
            file = OtherMount.open(record, base, ghost.values().iterator().next());
            ghost.put(name, file);
        }
        return FileCalls.open(UnixPath.of("/proc/self/fd/" + file.number()), flags.without(ACTING), 0);
    }

    /** Makes it under all names that it had on the mount of {@code first}. */
    private Map<GhostName, Fd> make(int id, FileRecord first, Fd base) {
        try (GhostImage image = GhostImage.open(id, context.image())) {
            List<FileRecord> names = onePerName(records.get(id), GhostName.of(first));
            Map<UnixPath, Fd> made = new GhostBirth(image, names, base, context).make();
            Map<GhostName, Fd> ghost = new HashMap<>();
            for (int i = 0; i < names.size(); i++) {
                ghost.put(GhostName.of(names.get(i)), made.get(names.get(i).location().path()));
            }
            if (!image.entry().getAlive()) {
                this.made.put(id, image.entry());
            }
            return ghost;
        } catch (KernelException e) {
            if (e.is(Errno.ENOENT) && FileCalls.tryStatus(first.location().path().parent()).isEmpty()) {
                throw new StasisException(GhostPlan.parentMissing(first), e);
            }
            throw e;
        }
    }

    private static List<FileRecord> onePerName(List<FileRecord> records, GhostName like) {
        List<FileRecord> chosen = new ArrayList<>(1);
        Set<UnixPath> seen = new HashSet<>();
        for (int i = 0; i < records.size(); i++) {
            if (GhostName.of(records.get(i)).isOnMountOf(like) && seen.add(records.get(i).location().path())) {
                chosen.add(records.get(i));
            }
        }
        return chosen;
    }

    /** Sets the times of the ghosts among {@code records} that were made anew, through any open file of each. */
    void setTimes(List<FileRecord> records) {
        for (int i = 0; i < records.size() && !made.isEmpty(); i++) {
            ghost_location_entry location = GhostRemap.entry(records.get(i));
            Optional<Fd> file = location == null ? Optional.empty() : context.restored(records.get(i).id());
            ghost_inode_entry entry = file.isEmpty() ? null : made.remove(location.getGhostId());
            if (entry != null) {
                GhostContents.setTimes(file.get(), entry);
            }
        }
    }

    /** Closes the descriptors of {@code ghost}. */
    static void close(Map<?, Fd> ghost) {
        for (Fd file : ghost.values()) {
            file.close();
        }
        ghost.clear();
    }

    @Override
    public void close() {
        for (Map<GhostName, Fd> ghost : ghosts.values()) {
            close(ghost);
        }
        ghosts.clear();
    }
}
