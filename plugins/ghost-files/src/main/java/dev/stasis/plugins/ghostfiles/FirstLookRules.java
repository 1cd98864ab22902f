package dev.stasis.plugins.ghostfiles;

import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.FileSystemCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.fs.Timestamp;
import dev.stasis.linux.fs.UnseenWriters;
import dev.stasis.linux.proc.FileLock;
import dev.stasis.linux.proc.LockedFiles;
import dev.stasis.linux.proc.SharedMappings;
import dev.stasis.plugins.ghostfiles.proto.ghost_inode_entry;
import dev.stasis.spi.FirstLookContext;
import dev.stasis.spi.Holder;
import dev.stasis.spi.OpenFile;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What may be taken from a file before the tree stands still: only what cannot change any more without the time of the
 * inode's last change telling of it. The reasons are in docs/decisions/ghosts-copied-ahead.md.
 */
final class FirstLookRules {
    /** Longer than the clock's tick (10 ms at most) and the step of the clock that is borne with. */
    private static final long MARGIN_MILLIS = 50;
    /** Of file systems that keep whole seconds. */
    private static final long COARSE_MARGIN_MILLIS = 2_050;
    private static final int EXT4 = 0xef53;
    private static final int XFS = 0x58465342;
    private static final int BTRFS = 0x9123683e;
    private static final int TMPFS = 0x01021994;
    /** Only the driver of ext4 proper has files with this flag, and its seeking waits for whoever writes. */
    private static final int EXTENTS = 0x80000;
    private static final int DIRECT = 0x4000;
    private static final UnixPath INOTIFY = UnixPath.of("anon_inode:inotify");
    private static final UnixPath FANOTIFY = UnixPath.of("anon_inode:[fanotify]");
    private static final UnixPath IO_URING = UnixPath.of("anon_inode:[io_uring]");

    private final long begunMillis;
    /** Empty where the kernel does not let itself be looked into; then {@link #mappings} is there. */
    private final Optional<UnseenWriters> writers = UnseenWriters.tryOpen();
    private final SharedMappings mappings = writers.isPresent() ? null : SharedMappings.read();
    private final Set<Long> leased = new HashSet<>();
    private final Set<Long> disturbing;

    /** For the look of {@code context}. */
    FirstLookRules(FirstLookContext context) {
        this.begunMillis = context.begunMillis();
        this.disturbing = writtenUnseen(context.files());
        if (writers.isPresent()) {
            context.own(writers.get());
        }
        List<FileLock> locks = LockedFiles.read().locks();
        for (int i = 0; i < locks.size(); i++) {
            if (locks.get(i).kind() == FileLock.Kind.LEASE) {
                leased.add(locks.get(i).inode());
            }
        }
    }

    /** Whether opening and reading files would be seen by a task that runs: one of them watches something. */
    static boolean isWatched(List<OpenFile> files) {
        return isAny(files, INOTIFY) || isAny(files, FANOTIFY);
    }

    private static boolean isAny(List<OpenFile> files, UnixPath link) {
        for (int i = 0; i < files.size(); i++) {
            if (files.get(i).link().equals(link)) {
                return true;
            }
        }
        return false;
    }

    /**
     * The inode numbers of those that are mapped, or open for what goes past the page cache: writing to them need not change any
     * time. Whatever their device, for overlayfs shows a file under its own.
     */
    static Set<Long> writtenUnseen(List<OpenFile> files) {
        Set<Long> inodes = new HashSet<>();
        boolean all = isAny(files, IO_URING);
        for (int i = 0; i < files.size(); i++) {
            OpenFile file = files.get(i);
            if (all || (file.flags().bits() & DIRECT) != 0 || isMapped(file)) {
                inodes.add(file.status().inode().number());
            }
        }
        return inodes;
    }

    private static boolean isMapped(OpenFile file) {
        for (int i = 0; i < file.holders().size(); i++) {
            if (file.holders().get(i) instanceof Holder.Mapping) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether a file with {@code status}, opened as {@code file} (O_PATH will do), may be looked at: it has not changed for a while,
     * so that every change to come has another time; its file system keeps such times; and opening it takes no lease away.
     */
    boolean allow(FileStatus status, Fd file) {
        int magic = FileSystemCalls.magic(file);
        return isOld(status.changed()) && !leased.contains(status.inode().number())
                && (magic == EXT4 || magic == XFS || magic == BTRFS || magic == TMPFS);
    }

    /**
     * Whether its contents may be copied. On tmpfs a mapping that is written through for the first time may leave no trace, so
     * not there.
     */
    boolean allowContents(FileStatus status, Fd file, ghost_inode_entry.Builder entry) {
        int magic = FileSystemCalls.magic(file);
        return magic != TMPFS && (magic != EXT4 || (entry.getInodeFlags() & EXTENTS) != 0)
                && !disturbing.contains(status.inode().number());
    }

    /**
     * Whether somebody may be writing to {@code file}, or go on to, who set the time of its last change long ago. Those who had
     * begun by then, and hold the inode's lock, must have come to an end before.
     */
    boolean isWrittenUnseen(FileStatus status, Fd file) {
        return writers.isPresent() ? writers.get().mayHave(file) : mappings.mayHave(status);
    }

    private boolean isOld(Timestamp changed) {
        return isOld(changed, begunMillis);
    }

    /** Whether a look that began at {@code begunMillis} came so long after {@code changed} that no later change has that time. */
    static boolean isOld(Timestamp changed, long begunMillis) {
        long millis = changed.seconds() * 1000 + changed.nanoseconds() / 1_000_000;
        return millis + (changed.nanoseconds() == 0 ? COARSE_MARGIN_MILLIS : MARGIN_MILLIS) < begunMillis;
    }
}
