package dev.stasis.plugins.filelocks;

import dev.stasis.linux.DeviceNumber;
import dev.stasis.linux.Pid;
import dev.stasis.linux.proc.FileLock;
import dev.stasis.linux.proc.FileLock.Access;
import dev.stasis.linux.proc.FileLock.Kind;
import dev.stasis.plugins.filelocks.proto.file_lock_entry;

/**
 * A lock as an image tells of it.
 *
 * @param kind what sort of lock
 * @param access what it allows
 * @param task who is to set it
 * @param descriptor through which descriptor
 * @param start the first byte
 * @param length in bytes, 0 up to the end of the file
 */
record SavedLock(Kind kind, Access access, Pid task, int descriptor, long start, long length) {
    private static final int POSIX = 1;
    private static final int FLOCK = 2;
    private static final int LEASE = 32;
    private static final int OPEN_FILE = 1024;

    /** What is kept of {@code held}. */
    static SavedLock of(HeldLock held) {
        FileLock lock = held.lock();
        long length = lock.end() == FileLock.TO_THE_END ? 0 : lock.end() + 1 - lock.start();
        return new SavedLock(lock.kind(), lock.access(), held.setter().task(), held.setter().number(), lock.start(), length);
    }

    /** It as a message. */
    file_lock_entry entry() {
        return file_lock_entry.newBuilder().setFlag(flag()).setType(type()).setPid(task.number()).setFd(descriptor)
                .setStart(start).setLen(length).build();
    }

    private int flag() {
        return switch (kind) {
            case POSIX -> POSIX;
            case FLOCK -> FLOCK;
            case LEASE -> LEASE;
            case OPEN_FILE -> OPEN_FILE;
            default -> throw new IllegalStateException("such locks are refused");
        };
    }

    /** The number of its type for fcntl(2): F_RDLCK or F_WRLCK. */
    int type() {
        return access == Access.WRITE ? 1 : 0;
    }

    /** The lock that {@code entry} tells of; throws {@link IllegalArgumentException} when it makes no sense. */
    static SavedLock of(file_lock_entry entry) {
        Kind kind = switch (entry.getFlag()) {
            case POSIX -> Kind.POSIX;
            case FLOCK -> Kind.FLOCK;
            case LEASE -> Kind.LEASE;
            case OPEN_FILE -> Kind.OPEN_FILE;
            default -> throw new IllegalArgumentException("it has a lock of an unknown kind, " + entry.getFlag());
        };
        if (entry.getType() != 0 && entry.getType() != 1 || entry.getStart() < 0 || entry.getLen() < 0 || entry.getPid() <= 0
                || entry.getFd() < 0 || entry.getStart() + entry.getLen() < 0) {
            throw new IllegalArgumentException("it has a lock that cannot be");
        }
        return new SavedLock(kind, entry.getType() == 1 ? Access.WRITE : Access.READ, new Pid(entry.getPid()), entry.getFd(),
                entry.getStart(), entry.getLen());
    }

    /** It as a lock on file {@code inode} of file system {@code device}, to compare with those of /proc/locks. */
    FileLock on(DeviceNumber device, long inode) {
        long end = length == 0 ? FileLock.TO_THE_END : start + length - 1;
        return new FileLock(0, false, kind, "", access, task.number(), device, inode, start, end);
    }

    /** For messages, such as {@code write lock (POSIX) on bytes 0-99}. */
    String describe() {
        return on(new DeviceNumber(0, 0), 0).describe();
    }
}
