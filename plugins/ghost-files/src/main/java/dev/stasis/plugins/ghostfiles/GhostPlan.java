package dev.stasis.plugins.ghostfiles;

import dev.stasis.linux.DeviceNumber;
import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileSystemCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.plugins.ghostfiles.proto.ghost_inode_entry;
import dev.stasis.plugins.ghostfiles.proto.ghost_location_entry;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.Problem;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Looks whether ghosts can be made where they were: the directory, whether it takes files, and room for all of them. */
final class GhostPlan {
    private static final OpenFlags LOOK = OpenFlags.PATH.with(OpenFlags.DIRECTORY);

    private final Map<DeviceNumber, Long> needed = new HashMap<>();
    private final Map<UnixPath, Parent> parents = new HashMap<>();
    private final Set<Integer> seen = new HashSet<>();
    private final GhostImages images;

    /** Looks at the ghosts of one image, {@code images}. */
    GhostPlan(GhostImages images) {
        this.images = images;
    }

    /** What would make opening {@code record} fail; below a remapped mount nothing can be told beforehand. */
    Optional<Problem> check(FileRecord record) {
        ghost_location_entry location = GhostRemap.entry(record);
        ghost_inode_entry entry = images.of(location).entry();
        if (entry.hasKept()) {
            KeptFile kept = KeptFile.of(entry.getKept());
            Optional<Fd> found = kept.tryFind();
            if (found.isEmpty()) {
                return Optional.of(kept.gone(subject(record)));
            }
            found.get().close();
        }
        return record.location().mountRemap().isPresent() ? Optional.empty() : check(record, location, entry);
    }

    /** The directory of a ghost, or the nearest above it that exists, on its file system. */
    private record Parent(DeviceNumber device, boolean readOnly, long free) {}

    private Optional<Problem> check(FileRecord record, ghost_location_entry location, ghost_inode_entry entry) {
        UnixPath directory = record.location().path().parent();
        Parent parent = parents.get(directory);
        if (parent == null) {
            Optional<Fd> found = FileCalls.tryOpen(directory, LOOK);
            Optional<Problem> obstructed = found.isPresent() ? Optional.empty() : obstructed(record);
            if (obstructed.isPresent()) {
                return obstructed;
            }
            boolean isThere = found.isPresent();
            for (UnixPath step = directory; found.isEmpty() && location.getParentGone() && step.length() > 1;) {
                step = step.parent();
                found = FileCalls.tryOpen(step, LOOK);
            }
            if (found.isEmpty()) {
                return Optional.of(parentMissing(record));
            }
            try (Fd open = found.get()) {
                parent = new Parent(FileCalls.status(open).inode().device(), FileSystemCalls.isReadOnly(open),
                        FileSystemCalls.freeBytes(open));
            }
            if (isThere) {
                parents.put(directory, parent); // what is gone may be all right for one and not for another
            }
        }
        return entry.getAlive() ? Optional.empty() : check(record, location, entry, parent);
    }

    private static Optional<Problem> obstructed(FileRecord record) {
        try (Fd root = FileCalls.open(UnixPath.of("/"), LOOK, 0)) {
            return obstructed(record, root);
        }
    }

    /** What stands below {@code base} in the place of the directory of {@code record}. */
    static Optional<Problem> obstructed(FileRecord record, Fd base) {
        UnixPath directory = record.location().path().parent();
        Optional<Obstacle> obstacle = Obstacle.find(base, directory);
        return obstacle.isPresent() ? Optional.of(obstacle.get().problem(subject(record), directory)) : Optional.empty();
    }

    static Problem parentMissing(FileRecord record) {
        return new Problem(GhostFilesErrorCode.PARENT_MISSING, subject(record), "the directory "
                + record.location().path().parent() + ", in which it must be made again, does not exist (ENOENT)",
                "make the directory");
    }

    private Optional<Problem> check(FileRecord record, ghost_location_entry location, ghost_inode_entry entry, Parent parent) {
        if (parent.readOnly()) {
            return Optional.of(new Problem(GhostFilesErrorCode.READ_ONLY, subject(record), "it was deleted and must be made"
                    + " again in " + record.location().path().parent() + ", which is mounted read-only (EROFS)",
                    "mount it writable"));
        }
        long before = needed.getOrDefault(parent.device(), 0L);
        long bytes = before + (seen.add(location.getGhostId()) ? GhostImage.bytes(entry) : 0);
        needed.put(parent.device(), bytes);
        return bytes == before || bytes <= parent.free() ? Optional.empty() : Optional.of(new Problem(GhostFilesErrorCode.NO_SPACE,
                subject(record), "deleted files up to this one take " + bytes + " bytes and the file system of "
                + record.location().path().parent() + " has " + parent.free() + " left (ENOSPC)", "make room there"));
    }

    /** Such as {@code fd 4 of task 17 (/tmp/log (deleted))}. */
    static String subject(FileRecord record) {
        return record.holders().get(0) + " (" + record.link() + ")";
    }
}
