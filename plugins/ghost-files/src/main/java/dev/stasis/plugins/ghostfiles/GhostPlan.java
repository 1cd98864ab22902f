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

    private Optional<Problem> check(FileRecord record, ghost_location_entry location, ghost_inode_entry entry) {
        UnixPath directory = record.location().path().parent();
        Optional<Fd> found = FileCalls.tryOpen(directory, LOOK);
        Optional<Problem> obstructed = found.isPresent() ? Optional.empty() : obstructed(record);
        if (obstructed.isPresent()) {
            return obstructed;
        }
        while (found.isEmpty() && location.getParentGone() && directory.length() > 1) {
            directory = directory.parent();
            found = FileCalls.tryOpen(directory, LOOK);
        }
        if (found.isEmpty()) {
            return Optional.of(parentMissing(record));
        }
        try (Fd parent = found.get()) {
            return entry.getAlive() ? Optional.empty() : check(record, location, entry, parent);
        }
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

    private Optional<Problem> check(FileRecord record, ghost_location_entry location, ghost_inode_entry entry, Fd parent) {
        if (FileSystemCalls.isReadOnly(parent)) {
            return Optional.of(new Problem(GhostFilesErrorCode.READ_ONLY, subject(record), "it was deleted and must be made"
                    + " again in " + record.location().path().parent() + ", which is mounted read-only (EROFS)",
                    "mount it writable"));
        }
        DeviceNumber device = FileCalls.status(parent).inode().device();
        long before = needed.getOrDefault(device, 0L);
        long bytes = before + (seen.add(location.getGhostId()) ? GhostImage.bytes(entry) : 0);
        needed.put(device, bytes);
        long free = FileSystemCalls.freeBytes(parent);
        return bytes == before || bytes <= free ? Optional.empty() : Optional.of(new Problem(GhostFilesErrorCode.NO_SPACE,
                subject(record), "deleted files up to this one take " + bytes + " bytes and the file system of "
                + record.location().path().parent() + " has " + free + " left (ENOSPC)", "make room there"));
    }

    /** Such as {@code fd 4 of task 17 (/tmp/log (deleted))}. */
    static String subject(FileRecord record) {
        return record.holders().get(0) + " (" + record.link() + ")";
    }
}
