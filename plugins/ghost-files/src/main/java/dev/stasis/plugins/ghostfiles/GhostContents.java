package dev.stasis.plugins.ghostfiles;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.AttributeCalls;
import dev.stasis.linux.fs.ContentCalls;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileType;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.fs.Timestamp;
import dev.stasis.plugins.ghostfiles.proto.ghost_attribute;
import dev.stasis.plugins.ghostfiles.proto.ghost_extent;
import dev.stasis.plugins.ghostfiles.proto.ghost_inode_entry;
import dev.stasis.plugins.ghostfiles.proto.ghost_time;
import dev.stasis.spi.Log;

/** Gives a new inode what the old one had: contents with holes, owner, mode, extended attributes, flags, times. */
final class GhostContents {
    /** The flags that say something of the inode and can be set: sync, immutable, append-only, no dump, no atime. */
    private static final int KEPT_FLAGS = 0x8 | 0x10 | 0x20 | 0x40 | 0x80;

    private GhostContents() {}

    /** Gives {@code ghost}, an O_PATH descriptor, all that it had; its contents too if they are {@code unwritten}. */
    static void fill(Fd ghost, GhostImage image, boolean unwritten, Log log) {
        ghost_inode_entry entry = image.entry();
        FileType type = FileType.ofMode(entry.getMode());
        if (type == FileType.REGULAR && unwritten) {
            try (Fd writable = reopen(ghost, OpenFlags.RDWR)) {
                write(writable, image);
            }
        }
        if (type == FileType.SYMLINK) {
            AttributeCalls.owner(ghost, entry.getUid(), entry.getGid());
        } else {
            AttributeCalls.ownerAndPermissions(ghost, entry.getUid(), entry.getGid(), entry.getMode() & 07777);
        }
        attributes(ghost, entry, log);
        setTimes(ghost, entry);
        if ((type == FileType.REGULAR || type == FileType.DIRECTORY) && (entry.getInodeFlags() & KEPT_FLAGS) != 0) {
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

    /** Writes the contents of {@code file}, which is empty. */
    static void write(Fd file, GhostImage image) {
        ghost_inode_entry entry = image.entry();
        ContentCalls.resize(file, entry.getSize());
        long place = image.contents();
        for (int i = 0; i < entry.getExtentsCount(); i++) {
            ghost_extent extent = entry.getExtents(i);
            ContentCalls.copy(image.file(), place, file, extent.getOffset(), extent.getLength());
            place = GhostImage.aligned(place + extent.getLength());
        }
    }

    /** On another file system than before some may be impossible: that is told, and no reason to fail. */
    private static void attributes(Fd ghost, ghost_inode_entry entry, Log log) {
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

    private static void flags(Fd file, int flags, Log log) {
        int now = AttributeCalls.tryFlags(file).orElse(0);
        try {
            AttributeCalls.flags(file, now | flags & KEPT_FLAGS);
        } catch (KernelException e) {
            log.warn("a deleted file comes back without its inode flags (" + e.errno().name() + ")");
        }
    }

    private static Timestamp time(ghost_time time) {
        return new Timestamp(time.getSeconds(), time.getNanoseconds());
    }
}
