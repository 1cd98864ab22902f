package dev.stasis.plugins.regularfiles;

import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.AccessMode;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.FileType;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.Holder;
import dev.stasis.spi.Options;
import dev.stasis.spi.Problem;
import java.util.List;
import java.util.Optional;

/**
 * Tells whether what is at a path now is still the file that was dumped. Pure.
 *
 * <p>It is when inode number, device and time of birth are the same; a number alone is given to another file at once. Devices are numbered anew by a reboot or a mount: another device will
 * do when inode number, size and time of last change are all as before. Contents may have changed in place, that is
 * ordinary; but a size that shrank, or grew although the file is also read at a position, makes positions meaningless, and
 * a program or a file mapped read-only must not have changed at all. Directories and devices have neither size nor time;
 * files of pseudo file systems nothing but their path and type.
 */
final class ChangeCheck {
    /** The option to take files as they are, the type excepted. */
    static final String TAKE_CHANGED = "take-changed-files";

    private static final String HELP = "put the file back as it was, or give --" + TAKE_CHANGED + " to take it as it is";

    private ChangeCheck() {}

    /** What is wrong with {@code now}, found at the path of {@code record}; empty when nothing is. */
    static Optional<Problem> check(FileRecord record, FileEntry entry, FileStatus now, Options options) {
        if (now.type() != entry.type()) {
            return Optional.of(new Problem(RegularFilesErrorCode.FILE_OF_ANOTHER_TYPE, subject(record),
                    "it was a " + name(entry.type()) + " and is a " + name(now.type()), "put the file back as it was"));
        }
        String reason = options.isSet(TAKE_CHANGED) ? null : change(record, entry, now);
        return reason == null ? Optional.empty()
                : Optional.of(new Problem(RegularFilesErrorCode.FILE_CHANGED, subject(record), reason, HELP));
    }

    /** The problem that nothing is at the path of {@code record}. */
    static Problem missing(FileRecord record) {
        return new Problem(RegularFilesErrorCode.FILE_MISSING, subject(record), "there is no such file any more (ENOENT)",
                "put the file back");
    }

    private static String change(FileRecord record, FileEntry entry, FileStatus now) {
        if (entry.pseudoFileSystem() != 0) {
            return null;
        }
        if (entry.type() == FileType.CHARACTER_DEVICE || entry.type() == FileType.BLOCK_DEVICE) {
            return now.represents().equals(entry.represents()) ? null
                    : "it was device " + entry.represents() + " and is device " + now.represents();
        }
        if (now.inode().number() != entry.inode().number()) {
            return "the path leads to another file: it was inode " + entry.inode() + " and is " + now.inode();
        }
        if (!mayBeRemade(record) && entry.born() != null && now.born() != null && !entry.born().equals(now.born())) {
            return "the path leads to another file: inode " + entry.inode().number() + " was deleted, and made anew since";
        }
        boolean sameContents = now.size() == entry.size() && now.modified().equals(entry.modified());
        if (!now.inode().equals(entry.inode()) && entry.type() == FileType.REGULAR && !sameContents) {
            return "the path leads to another file: it was inode " + entry.inode() + " and is " + now.inode();
        }
        return entry.type() == FileType.REGULAR && !isOnlyName(record) ? contentsChange(record, entry, now) : null;
    }

    /** What is on a remapped mount may have been made anew with it, out of the image. */
    private static boolean mayBeRemade(FileRecord record) {
        return record.location() != null && record.location().mountRemap().isPresent();
    }

    private static boolean isOnlyName(FileRecord record) {
        return record.flags().accessMode() == AccessMode.PATH;
    }

    private static String contentsChange(FileRecord record, FileEntry entry, FileStatus now) {
        boolean grew = Long.compareUnsigned(now.size(), entry.size()) > 0;
        if (now.size() != entry.size() && !(grew && mayGrow(record))) {
            return "its size was " + entry.size() + " bytes and is " + now.size();
        }
        if (mustNotChange(record) && !now.modified().equals(entry.modified())) {
            return "it is run or mapped, and its contents were changed since";
        }
        return null;
    }

    /** Logs: whoever only appends, or only writes at a position of its own, is not disturbed by what follows. */
    private static boolean mayGrow(FileRecord record) {
        return record.flags().has(OpenFlags.APPEND)
                || record.flags().accessMode() == AccessMode.WRITE;
    }

    /** Whether the file is a program or mapped without write access: its pages are part of the memory that was kept. */
    private static boolean mustNotChange(FileRecord record) {
        if (record.flags().accessMode().writes()) {
            return false;
        }
        List<Holder> holders = record.holders();
        for (int i = 0; i < holders.size(); i++) {
            if (holders.get(i) instanceof Holder.Executable || holders.get(i) instanceof Holder.Mapping) {
                return true;
            }
        }
        return false;
    }

    /** Such as {@code /var/log/app.log (fd 3 of task 17)}. */
    static String subject(FileRecord record) {
        UnixPath path = record.location() == null ? record.link() : record.location().path();
        return path + " (" + record.holders().get(0) + ")";
    }

    private static String name(FileType type) {
        return switch (type) {
            case REGULAR -> "regular file";
            case DIRECTORY -> "directory";
            case CHARACTER_DEVICE -> "character device";
            case BLOCK_DEVICE -> "block device";
            case SYMLINK -> "symbolic link";
            case FIFO -> "named pipe";
            case SOCKET -> "socket";
            case ANONYMOUS -> "file without a type";
        };
    }
}
