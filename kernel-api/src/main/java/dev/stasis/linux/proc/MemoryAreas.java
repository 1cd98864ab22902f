package dev.stasis.linux.proc;

import dev.stasis.linux.DeviceNumber;
import dev.stasis.linux.InodeId;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.UnixPath;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Parser of /proc/PID/maps and /proc/PID/smaps. */
public final class MemoryAreas {
    private static final UnixPath NO_PATH = UnixPath.of("");
    /** The line before the flags on processors that have such keys, as seen from behind "VmFlags: ". */
    private static final String KEY_LABEL = "\nProtectionKey:  ";
    private static final String NO_KEY = "\nProtectionKey:         0\n";
    private static final int KEY_AHEAD = -(NO_KEY.length() + "VmFlags: ".length());

    private final Cursor cursor;
    private byte[] lastFlagBytes = {};
    private Set<String> lastFlags = Set.of();
    private int toFlags;

    private MemoryAreas(byte[] bytes) {
        cursor = new Cursor(bytes);
    }

    /**
     * The areas that the bytes of /proc/PID/maps or /proc/PID/smaps tell, lowest first; those of the former have no flags.
     * Throws {@link IllegalArgumentException} for bytes that are neither.
     */
    public static List<MemoryArea> parse(byte[] bytes) {
        return new MemoryAreas(bytes).areas();
    }

    private List<MemoryArea> areas() {
        List<MemoryArea> areas = new ArrayList<>();
        while (!cursor.atEnd()) {
            areas.add(area());
        }
        return areas;
    }

    private MemoryArea area() {
        long start = cursor.hex();
        cursor.expect('-');
        long end = cursor.hex();
        cursor.expect(' ');
        int protection = protection();
        boolean shared = cursor.peek(3) == 's';
        cursor.skip(5);
        long offset = cursor.hex();
        cursor.skipBlanks();
        InodeId inode = inode();
        UnixPath path = path();
        return new MemoryArea(new RemoteAddress(start), new RemoteAddress(end), protection, shared, offset, inode, path,
                flags());
    }

    private int protection() {
        return (cursor.peek(0) == 'r' ? MemoryArea.READ : 0) | (cursor.peek(1) == 'w' ? MemoryArea.WRITE : 0)
                | (cursor.peek(2) == 'x' ? MemoryArea.EXECUTE : 0);
    }

    private InodeId inode() {
        int major = (int) cursor.hex();
        cursor.expect(':');
        int minor = (int) cursor.hex();
        cursor.skipBlanks();
        return new InodeId(new DeviceNumber(major, minor), cursor.decimal());
    }

    private UnixPath path() {
        cursor.skipBlanks();
        byte[] rest = cursor.rest();
        cursor.nextLine();
        return rest.length == 0 ? NO_PATH : UnixPath.of(Cursor.unescape(rest));
    }

    /**
     * The lines up to the next area: all begin with a capital letter, an area's with a hexadecimal digit in lower case. The
     * flags stand equally far behind the first line in all areas, because the kernel pads the numbers between; so those are
     * looked at for the first area only, which in a cold JVM saves most of the time of reading this file.
     */
    private Set<String> flags() {
        int start = cursor.position();
        if (toFlags > 0 && cursor.has(toFlags - 1, "\nVmFlags:")) {
            cursor.skip(toFlags);
        }
        Set<String> flags = Set.of();
        while (cursor.peek() >= 'A' && cursor.peek() <= 'Z') {
            int line = cursor.position();
            if (cursor.peek() == 'V' && cursor.take("VmFlags:")) {
                toFlags = line - start;
                cursor.skipBlanks();
                boolean hasKey = cursor.has(KEY_AHEAD, KEY_LABEL) && !cursor.has(KEY_AHEAD, NO_KEY);
                flags = flags(cursor.rest());
                flags = hasKey ? withKey(flags) : flags;
            }
            cursor.nextLine();
        }
        return flags;
    }

    private static Set<String> withKey(Set<String> flags) {
        Set<String> more = new HashSet<>(flags);
        more.add(MemoryArea.PROTECTION_KEY);
        return Set.copyOf(more);
    }

    private Set<String> flags(byte[] bytes) {
        if (!Arrays.equals(bytes, lastFlagBytes)) {
            lastFlagBytes = bytes;
            Set<String> flags = new HashSet<>();
            for (int i = 0; i + 1 < bytes.length; i += 3) {
                flags.add(new String(bytes, i, 2, StandardCharsets.ISO_8859_1));
            }
            lastFlags = Set.copyOf(flags);
        }
        return lastFlags;
    }
}
