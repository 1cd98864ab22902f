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
import dev.stasis.spi.Problem;
import dev.stasis.spi.RestoreContext;
import dev.stasis.spi.StasisException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The ghosts of one restore: each inode made or found once, with all names that it had, and opened from then on. */
final class RestoredGhosts implements GhostBirths.Cradle, AutoCloseable {
    private static final int AT_ONCE = 100;
    private static final OpenFlags ACTING = OpenFlags.NOFOLLOW.with(OpenFlags.CREAT).with(OpenFlags.EXCL)
            .with(OpenFlags.TRUNC);

    private final GhostImages images;
    private final RestoreContext context;
    private final Map<Integer, List<FileRecord>> records = new LinkedHashMap<>();
    /** Those that are not made yet and are on no mount of their own: made together. */
    private final Map<Integer, List<FileRecord>> waiting = new LinkedHashMap<>();
    /** The ghosts by their names. They are kept until the restore is over: a kind may open one record several times. */
    private final Map<Integer, Map<GhostName, Fd>> ghosts = new HashMap<>();
    private final Map<Integer, ghost_inode_entry> made = new HashMap<>();

    /** Those of {@code images}, which is borrowed. */
    RestoredGhosts(GhostImages images, RestoreContext context) {
        this.images = images;
        this.context = context;
        List<FileRecord> all = context.records();
        for (int i = 0; i < all.size(); i++) {
            ghost_location_entry entry = GhostRemap.entry(all.get(i));
            if (entry != null) {
                add(entry.getGhostId(), all.get(i));
            }
        }
        for (Map.Entry<Integer, List<FileRecord>> ghost : records.entrySet()) {
            if (isOnNoMountOfItsOwn(ghost.getValue())) {
                waiting.put(ghost.getKey(), ghost.getValue());
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

    private static boolean isOnNoMountOfItsOwn(List<FileRecord> records) {
        for (int i = 0; i < records.size(); i++) {
            if (records.get(i).location().mountRemap().isPresent()) {
                return false;
            }
        }
        return true;
    }

    /** A new open file of the ghost of {@code record}; the caller owns it. */
    Fd open(FileRecord record, Fd base, OpenFlags flags) {
        int id = GhostRemap.entry(record).getGhostId();
        if (!ghosts.containsKey(id)) {
            make(id, record, base);
        }
        Map<GhostName, Fd> ghost = ghosts.get(id);
        GhostName name = GhostName.of(record);
        Fd file = ghost.get(name);
        if (file == null) {
            file = OtherMount.open(record, base, ghost.values().iterator().next());
            ghost.put(name, file);
        }
        return FileCalls.open(UnixPath.of("/proc/self/fd/" + file.number()), flags.without(ACTING), 0);
    }

    /** Makes ghost {@code id} under all names that it had on the mount of {@code first}, and others that will be asked for later. */
    private void make(int id, FileRecord first, Fd base) {
        List<Integer> ids = new ArrayList<>();
        List<List<FileRecord>> theirs = new ArrayList<>();
        ids.add(id);
        theirs.add(onePerName(records.get(id), GhostName.of(first)));
        if (waiting.remove(id) != null) {
            addOthers(ids, theirs);
        }
        try {
            new GhostBirths(images, base, context).make(ids, theirs, this);
        } catch (KernelException e) {
            requireNothingInTheWay(theirs, base, e);
            if (e.is(Errno.ENOENT) && FileCalls.tryStatus(first.location().path().parent()).isEmpty()) {
                throw new StasisException(GhostPlan.parentMissing(first), e);
            }
            throw e;
        }
    }

    /** Something may have got in the way since it was looked for; below a remapped mount it was not. */
    private static void requireNothingInTheWay(List<List<FileRecord>> ghosts, Fd base, KernelException failure) {
        for (int i = 0; i < ghosts.size(); i++) {
            for (int j = 0; j < ghosts.get(i).size(); j++) {
                Optional<Problem> obstructed = GhostPlan.obstructed(ghosts.get(i).get(j), base);
                if (obstructed.isPresent()) {
                    throw new StasisException(obstructed.get(), failure);
                }
            }
        }
    }

    private void addOthers(List<Integer> ids, List<List<FileRecord>> theirs) {
        Iterator<Map.Entry<Integer, List<FileRecord>>> others = waiting.entrySet().iterator();
        while (ids.size() < AT_ONCE && others.hasNext()) {
            Map.Entry<Integer, List<FileRecord>> other = others.next();
            others.remove();
            if (isWanted(other.getValue())) {
                ids.add(other.getKey());
                theirs.add(onePerName(other.getValue(), GhostName.of(other.getValue().get(0))));
            }
        }
    }

    /** False when all open files of it were replaced by others. */
    private boolean isWanted(List<FileRecord> records) {
        for (int i = 0; i < records.size(); i++) {
            if (context.restored(records.get(i).id()).isEmpty()) {
                return true;
            }
        }
        return false;
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

    @Override
    public void made(int id, List<FileRecord> names, GhostBirth ghost) {
        Map<UnixPath, Fd> files = ghost.files();
        Map<GhostName, Fd> named = new HashMap<>();
        for (int i = 0; i < names.size(); i++) {
            named.put(GhostName.of(names.get(i)), files.get(names.get(i).location().path()));
        }
        ghosts.put(id, named);
        if (!ghost.entry().getAlive()) {
            made.put(id, ghost.entry());
        }
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
