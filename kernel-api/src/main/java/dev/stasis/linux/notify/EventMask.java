package dev.stasis.linux.notify;

/**
 * Bits of inotify(7): what a watch is for, how it behaves, what an event tells.
 *
 * @param bits the bits or'ed together
 * @see <a href="https://man7.org/linux/man-pages/man7/inotify.7.html">inotify(7)</a>
 */
public record EventMask(int bits) {
    public static final EventMask NOTHING = new EventMask(0);
    public static final EventMask ACCESS = new EventMask(1);
    public static final EventMask MODIFY = new EventMask(2);
    public static final EventMask ATTRIB = new EventMask(4);
    public static final EventMask CLOSE_WRITE = new EventMask(8);
    public static final EventMask CLOSE_NOWRITE = new EventMask(0x10);
    public static final EventMask OPEN = new EventMask(0x20);
    public static final EventMask MOVED_FROM = new EventMask(0x40);
    public static final EventMask MOVED_TO = new EventMask(0x80);
    public static final EventMask CREATE = new EventMask(0x100);
    public static final EventMask DELETE = new EventMask(0x200);
    public static final EventMask DELETE_SELF = new EventMask(0x400);
    public static final EventMask MOVE_SELF = new EventMask(0x800);
    public static final EventMask UNMOUNT = new EventMask(0x2000);
    public static final EventMask OVERFLOW = new EventMask(0x4000);
    public static final EventMask IGNORED = new EventMask(0x8000);
    public static final EventMask ONLYDIR = new EventMask(0x1000000);
    public static final EventMask DONT_FOLLOW = new EventMask(0x2000000);
    public static final EventMask EXCL_UNLINK = new EventMask(0x4000000);
    public static final EventMask MASK_CREATE = new EventMask(0x10000000);
    public static final EventMask MASK_ADD = new EventMask(0x20000000);
    public static final EventMask ISDIR = new EventMask(0x40000000);
    public static final EventMask ONESHOT = new EventMask(0x80000000);
    public static final EventMask ALL_EVENTS = new EventMask(0xfff);

    /** These bits and {@code others}. */
    public EventMask with(EventMask others) {
        return new EventMask(bits | others.bits);
    }

    /** These bits but for {@code others}. */
    public EventMask without(EventMask others) {
        return new EventMask(bits & ~others.bits);
    }

    /** Whether all of {@code others} are set. */
    public boolean has(EventMask others) {
        return (bits & others.bits) == others.bits;
    }

    /** Whether any of {@code others} is set. */
    public boolean hasAny(EventMask others) {
        return (bits & others.bits) != 0;
    }

    // By hand: what the compiler generates for a record starts up method handles, 5 ms of a cold start.

    @Override
    public boolean equals(Object other) {
        return other instanceof EventMask that && bits == that.bits;
    }

    @Override
    public int hashCode() {
        return bits;
    }

    @Override
    public String toString() {
        return "0x" + Integer.toHexString(bits);
    }
}
