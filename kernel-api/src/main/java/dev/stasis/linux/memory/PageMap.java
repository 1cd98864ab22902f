package dev.stasis.linux.memory;

import static dev.stasis.linux.internal.Syscalls.check;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.internal.Syscalls;
import java.util.ArrayList;
import java.util.List;

/**
 * Which pages of a process hold contents of its own: present or swapped out, not the zero page and not a file's. Close it
 * when done.
 *
 * @see <a href="https://www.kernel.org/doc/html/latest/admin-guide/mm/pagemap.html">pagemap</a>, PAGEMAP_SCAN
 */
public final class PageMap implements AutoCloseable {
    /** A page's size in bytes. */
    public static final int PAGE = 4096;

    private static final long PAGEMAP_SCAN = 0xc0606610L;
    private static final int ARGUMENT = 96;
    private static final int REGION = 24;
    private static final int REGIONS = 1024;
    private static final long FILE = 1 << 2;
    private static final long PRESENT = 1 << 3;
    private static final long SWAPPED = 1 << 4;
    private static final long ZERO = 1 << 5;
    private static final long GUARD = 1 << 8;

    private final Fd pagemap;
    private final NativeMemory argument = NativeMemory.allocate(ARGUMENT);
    private final NativeMemory regions = NativeMemory.allocate(REGIONS * REGION);

    private PageMap(Fd pagemap) {
        this.pagemap = pagemap;
    }

    /** Pages in a row, {@code start} inclusive to {@code end} exclusive. */
    public record Region(RemoteAddress start, RemoteAddress end) {}

    /** Opens the page map of process {@code pid}. */
    public static PageMap open(Pid pid) {
        return new PageMap(FileCalls.open(UnixPath.of("/proc/" + pid + "/pagemap"), OpenFlags.RDONLY, 0));
    }

    /**
     * All regions with contents of their own from {@code start} to {@code end}, ascending.
     *
     * <p>Where the kernel says that its walk ended is not to be relied on: when its own buffer of 512 regions was full once and
     * the walk came to its end after that, it says where the buffer was full. So a walk that left room in our buffer is over,
     * and another one begins behind what was found already.
     */
    public List<Region> contents(RemoteAddress start, RemoteAddress end) {
        List<Region> found = regions(start, end, FILE | ZERO, PRESENT | SWAPPED);
        return found == null ? new PageMapEntries(pagemap).contents(start, end) : found;
    }

    /**
     * All guard regions (MADV_GUARD_INSTALL) from {@code start} to {@code end}, ascending; none when the kernel cannot tell. The
     * kernel counts them among the contents too.
     */
    public List<Region> guards(RemoteAddress start, RemoteAddress end) {
        List<Region> found = regions(start, end, 0, GUARD);
        return found == null ? List.of() : found;
    }

    /** Null when the kernel does not know what it is asked. */
    private List<Region> regions(RemoteAddress start, RemoteAddress end, long without, long anyOf) {
        List<Region> found = new ArrayList<>();
        long walked = start.value();
        while (Long.compareUnsigned(walked, end.value()) < 0) {
            long count = scan(walked, end.value(), without, anyOf, 0);
            if (count == -Errno.ENOTTY.number() || count == -Errno.EINVAL.number()) {
                return null;
            }
            check("ioctl PAGEMAP_SCAN", pagemap, count);
            for (int i = 0; i < count; i++) {
                append(found, regions.getLong(i * REGION), regions.getLong(i * REGION + 8));
            }
            if (count < REGIONS) {
                return found;
            }
            long behind = regions.getLong((REGIONS - 1) * REGION + 8);
            walked = Long.compareUnsigned(argument.getLong(32), behind) > 0 ? argument.getLong(32) : behind;
        }
        return found;
    }

    /** The first guard region (MADV_GUARD_INSTALL) there; null when there is none or the kernel cannot tell. */
    public RemoteAddress firstGuard(RemoteAddress start, RemoteAddress end) {
        long count = scan(start.value(), end.value(), 0, GUARD, 1);
        return count <= 0 ? null : new RemoteAddress(regions.getLong(0));
    }

    private long scan(long start, long end, long without, long anyOf, long maximum) {
        argument.putLong(0, ARGUMENT).putLong(8, 0).putLong(16, start).putLong(24, end).putLong(32, 0)
                .putLong(40, regions.address()).putLong(48, REGIONS).putLong(56, maximum)
                .putLong(64, without).putLong(72, without).putLong(80, anyOf).putLong(88, anyOf & GUARD);
        return Syscalls.call3(SyscallNumber.IOCTL, pagemap.number(), PAGEMAP_SCAN, argument.address());
    }

    static void append(List<Region> found, long start, long end) {
        int last = found.size() - 1;
        if (last >= 0 && found.get(last).end().value() == start) {
            found.set(last, new Region(found.get(last).start(), new RemoteAddress(end)));
        } else {
            found.add(new Region(new RemoteAddress(start), new RemoteAddress(end)));
        }
    }

    @Override
    public void close() {
        pagemap.close();
    }
}
