package dev.stasis.linux.proc;

import dev.stasis.linux.DeviceNumber;
import java.util.ArrayList;
import java.util.List;

/**
 * A lock or lease on a file, or a wish for one, as a line of /proc/locks or of /proc/PID/fdinfo/N tells it.
 *
 * @param group the number that stands first: those who wait bear that of the lock which they wait for
 * @param waits whether it is only wished for: something else holds the file
 * @param kind what sort of lock
 * @param state the second word, such as ADVISORY; of a lease ACTIVE or BREAKING, and BREAKER of who breaks it
 * @param access what it allows its holder
 * @param pid the process that asked for it; -1 for locks of open file descriptions; 0 for one outside of the pid namespace
 * @param device of the file system, also for btrfs the one of the whole
 * @param inode the file
 * @param start the first byte
 * @param end the last byte; {@link #TO_THE_END} when there is none
 * @see <a href="https://man7.org/linux/man-pages/man5/proc_locks.5.html">proc_locks(5)</a>
 */
public record FileLock(
        long group,
        boolean waits,
        Kind kind,
        String state,
        Access access,
        int pid,
        DeviceNumber device,
        long inode,
        long start,
        long end) {
    /** The end of a lock that reaches as far as the file ever will. */
    public static final long TO_THE_END = Long.MAX_VALUE;

    /** Sorts of locks. */
    public enum Kind {
        /** By fcntl(2) F_SETLK: belongs to a process. */
        POSIX,
        /** By fcntl(2) F_OFD_SETLK: belongs to an open file description. */
        OPEN_FILE,
        /** By flock(2): belongs to an open file description. */
        FLOCK,
        /** By fcntl(2) F_SETLEASE: belongs to an open file description. */
        LEASE,
        /** Some other, such as a delegation of an NFS server. */
        OTHER
    }

    /** What a lock allows. */
    public enum Access {
        READ,
        WRITE,
        /** Of a lease that is being broken: nothing is to be left of it. */
        NOTHING
    }

    /** The lines of /proc/locks, in its order: each lock, then those who wait for it. */
    public static List<FileLock> parse(byte[] bytes) {
        List<FileLock> locks = new ArrayList<>();
        Cursor cursor = new Cursor(bytes);
        while (!cursor.atEnd()) {
            locks.add(lock(cursor));
            cursor.nextLine();
        }
        return locks;
    }

    /** The locks in the bytes of a fdinfo file: those set through this descriptor that its process or open file holds. */
    public static List<FileLock> parseDescriptor(byte[] bytes) {
        List<FileLock> locks = new ArrayList<>();
        Cursor cursor = new Cursor(bytes);
        while (!cursor.atEnd()) {
            if (cursor.take("lock:")) {
                cursor.skipBlanks();
                locks.add(lock(cursor));
            }
            cursor.nextLine();
        }
        return locks;
    }

    private static FileLock lock(Cursor cursor) {
        long group = cursor.decimal();
        cursor.expect(':');
        cursor.skipBlanks();
        boolean waits = cursor.take("->");
        String kind = text(cursor);
        String state = text(cursor);
        String access = text(cursor);
        int pid = (int) number(cursor);
        cursor.skipBlanks();
        DeviceNumber device = new DeviceNumber(0, 0);
        if (!cursor.take("<none>")) {
            int major = (int) cursor.hex();
            cursor.expect(':');
            device = new DeviceNumber(major, (int) cursor.hex());
        }
        cursor.expect(':');
        long inode = cursor.decimal();
        return new FileLock(group, waits, kind(kind), state, access(access), pid, device, inode, number(cursor), end(cursor));
    }

    private static Kind kind(String word) {
        return switch (word) {
            case "POSIX" -> Kind.POSIX;
            case "OFDLCK" -> Kind.OPEN_FILE;
            case "FLOCK" -> Kind.FLOCK;
            case "LEASE" -> Kind.LEASE;
            default -> Kind.OTHER;
        };
    }

    private static Access access(String word) {
        return word.equals("WRITE") ? Access.WRITE : word.equals("READ") ? Access.READ : Access.NOTHING;
    }

    private static String text(Cursor cursor) {
        cursor.skipBlanks();
        return cursor.text();
    }

    private static long number(Cursor cursor) {
        cursor.skipBlanks();
        return cursor.decimal();
    }

    private static long end(Cursor cursor) {
        cursor.skipBlanks();
        return cursor.take("EOF") ? TO_THE_END : cursor.decimal();
    }

    /** Whether this lock and {@code other} cannot be held at once by two owners. */
    public boolean excludes(FileLock other) {
        boolean sameFile = inode == other.inode && device.equals(other.device);
        boolean sameSort = kind == other.kind || isRange() && other.isRange();
        boolean overlapping = start <= other.end && other.start <= end;
        return sameFile && sameSort && overlapping && (access == Access.WRITE || other.access == Access.WRITE);
    }

    private boolean isRange() {
        return kind == Kind.POSIX || kind == Kind.OPEN_FILE;
    }

    /** Whether it is a lease that its holder was asked to give up. */
    public boolean isBreaking() {
        return state.equals("BREAKING");
    }

    /** Such as {@code write lock on bytes 0-99}. */
    public String describe() {
        String name = access == Access.WRITE ? "write " : access == Access.READ ? "read " : "";
        return switch (kind) {
            case POSIX -> name + "lock (POSIX) on " + range();
            case OPEN_FILE -> name + "lock (OFD) on " + range();
            case FLOCK -> access == Access.WRITE ? "exclusive lock (flock)" : "shared lock (flock)";
            case LEASE -> name + "lease";
            default -> name + "lock of an unknown kind";
        };
    }

    private String range() {
        if (start == 0 && end == TO_THE_END) {
            return "the whole file";
        }
        return "bytes " + start + "-" + (end == TO_THE_END ? "" : end);
    }
}
