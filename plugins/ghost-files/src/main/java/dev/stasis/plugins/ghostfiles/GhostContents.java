package dev.stasis.plugins.ghostfiles;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.AttributeCalls;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileType;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.fs.Timestamp;
import dev.stasis.plugins.ghostfiles.proto.ghost_attribute;
import dev.stasis.plugins.ghostfiles.proto.ghost_inode_entry;
import dev.stasis.plugins.ghostfiles.proto.ghost_time;
import dev.stasis.spi.Log;
import java.util.List;

/** Gives a new inode what the old one had: contents with holes, owner, mode, extended attributes, flags, times. */
final class GhostContents {
    /** Sync, immutable, append-only, no dump, no atime: the flags that can be set, and taken away, everywhere. */
    private static final int USUAL_FLAGS = 0x8 | 0x10 | 0x20 | 0x40 | 0x80;
    /** Compressed, never compressed, journalled data, no tails, synchronous directory, top of hierarchies, DAX. */
    private static final int KEPT_FLAGS = USUAL_FLAGS | 0x4 | 0x400 | 0x4000 | 0x8000 | 0x10000 | 0x20000 | 0x2000000;
    /** No copy-on-write (btrfs), which only an empty file can be given. */
    private static final int NO_COPY_ON_WRITE = 0x800000;

    private GhostContents() {}

    /**
     * Gives {@code ghost} all that it had. Open for reading and writing if its contents are written; an O_PATH descriptor if they are
     * {@code unwritten}, and then those too.
     */
    static void fill(Fd ghost, GhostImage image, boolean unwritten, Log log) {
        ghost_inode_entry entry = image.entry();
        FileType type = FileType.ofMode(entry.getMode());
        if (type == FileType.REGULAR && unwritten) {
            try (Fd writable = reopen(ghost, OpenFlags.RDWR)) {
                image.copyTo(writable);
            }
        }
        if (type == FileType.SYMLINK) {
            AttributeCalls.owner(ghost, entry.getUid(), entry.getGid());
        } else {
            AttributeCalls.ownerAndPermissions(ghost, entry.getUid(), entry.getGid(), entry.getMode() & 07777);
        }
        attributes(ghost, entry, log);
        setTimes(ghost, entry);
        if (type == FileType.REGULAR && !unwritten && entry.hasInodeFlags()) {
            flags(ghost, entry.getInodeFlags(), log);
        } else if ((type == FileType.REGULAR || type == FileType.DIRECTORY) && entry.hasInodeFlags()) {
            try (Fd readable = reopen(ghost, OpenFlags.RDONLY.with(OpenFlags.NOATIME))) {
                flags(readable, entry.getInodeFlags(), log);
            }
        }
    }

    /** Sets the times; those of a file that is immutable or append-only by now stay as they are. */
    static void setTimes(Fd ghost, ghost_inode_entry entry) {
        try {
            AttributeCalls.times(ghost, time(entry.getAccessed()), time(entry.getModified()));
        } catch (KernelException e) {
            if (!e.is(Errno.EPERM)) {
                throw e;
            }
        }
    }

    private static Fd reopen(Fd ghost, OpenFlags flags) {
        return FileCalls.open(UnixPath.of("/proc/self/fd/" + ghost.number()), flags, 0);
    }

    /** On another file system than before some may be impossible: that is told, and no reason to fail. */
    private static void attributes(Fd ghost, ghost_inode_entry entry, Log log) {
        removeInherited(ghost, entry);
        for (int i = 0; i < entry.getAttributesCount(); i++) {
            ghost_attribute attribute = entry.getAttributes(i);
            UnixPath name = UnixPath.of(attribute.getName().toByteArray());
            try {
                AttributeCalls.value(ghost, name, attribute.getValue().toByteArray());
            } catch (KernelException e) {
                if (!e.is(Errno.EOPNOTSUPP)) {
                    throw e;
                }
                log.warn("a deleted file comes back without its extended attribute " + name + " (EOPNOTSUPP)");
            }
        }
    }

    /** A directory may hand its access control lists down to what is made in it; labels of security modules are theirs. */
    private static void removeInherited(Fd ghost, ghost_inode_entry entry) {
        List<UnixPath> names = AttributeCalls.names(ghost);
        for (int i = 0; i < names.size(); i++) {
            if (!names.get(i).startsWith("security.") && !has(entry, names.get(i))) {
                AttributeCalls.remove(ghost, names.get(i));
            }
        }
    }

    private static boolean has(ghost_inode_entry entry, UnixPath name) {
        for (int i = 0; i < entry.getAttributesCount(); i++) {
            if (UnixPath.of(entry.getAttributes(i).getName().toByteArray()).equals(name)) {
                return true;
            }
        }
        return false;
    }

    /** Sets what must be set before {@code file}, which is empty, has contents. */
    static void prepare(Fd file, ghost_inode_entry entry) {
        if ((entry.getInodeFlags() & NO_COPY_ON_WRITE) != 0) {
            trySet(file, AttributeCalls.tryFlags(file).orElse(0) | NO_COPY_ON_WRITE);
        }
    }

    /** Also takes those away that the directory handed down. */
    private static void flags(Fd file, int flags, Log log) {
        int now = AttributeCalls.tryFlags(file).orElse(0);
        int wanted = now & ~KEPT_FLAGS | flags & KEPT_FLAGS;
        if (wanted == now || trySet(file, wanted)) {
            return;
        }
        if (!trySet(file, now & ~USUAL_FLAGS | flags & USUAL_FLAGS) || (flags & KEPT_FLAGS & ~USUAL_FLAGS) != 0) {
            log.warn("a deleted file comes back without inode flags: it had 0x" + Integer.toHexString(flags) + " and has 0x"
                    + Integer.toHexString(AttributeCalls.tryFlags(file).orElse(0)));
        }
    }

    private static boolean trySet(Fd file, int flags) {
        try {
            AttributeCalls.flags(file, flags);
            return true;
        } catch (KernelException e) {
            return false;
        }
    }

    private static Timestamp time(ghost_time time) {
        return new Timestamp(time.getSeconds(), time.getNanoseconds());
    }
}
