package dev.stasis.linux.memory;

import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;

/**
 * Where the pages of a process lie: in which page frame, or where in swap. Two processes that have a page in one place share
 * it, as after fork(2) until one of them writes. Takes CAP_SYS_ADMIN. Close it when done.
 *
 * @see <a href="https://www.kernel.org/doc/html/latest/admin-guide/mm/pagemap.html">pagemap</a>
 */
public final class PageFrames implements AutoCloseable {
    /** How many pages can be asked for at once. */
    public static final int MOST = 1 << 15;

    private static final int FEW = 1 << 9;
    private static final long PLACE = (1L << 55) - 1;
    private static final long FILE = 1L << 61;
    private static final long SWAPPED = 1L << 62;
    private static final long PRESENT = 1L << 63;

    private final Fd pagemap;
    private NativeMemory entries = NativeMemory.allocate(FEW * Long.BYTES);

    private PageFrames(Fd pagemap) {
        this.pagemap = pagemap;
    }

    /** Those of process {@code pid}. */
    public static PageFrames open(Pid pid) {
        return new PageFrames(FileCalls.open(UnixPath.of("/proc/" + pid + "/pagemap"), OpenFlags.RDONLY, 0));
    }

    /**
     * Puts into {@code places} for each of {@code pages} pages from {@code start} on where it lies: 0 for a page that is nowhere,
     * is a file's, or of which the kernel does not tell. Equal numbers mean the same place at that moment.
     */
    public void read(RemoteAddress start, int pages, long[] places) {
        if (entries.size() < pages * Long.BYTES) {
            entries = NativeMemory.allocate(pages * Long.BYTES); // for most processes the few at the beginning do
        }
        long offset = start.value() / PageMap.PAGE * Long.BYTES;
        int count = FileCalls.readAt(pagemap, entries, pages * Long.BYTES, offset) / Long.BYTES;
        for (int i = 0; i < pages; i++) {
            long entry = i < count ? entries.getLong(i * Long.BYTES) : 0;
            boolean known = (entry & (PRESENT | SWAPPED)) != 0 && (entry & FILE) == 0 && (entry & PLACE) != 0;
            places[i] = known ? entry & (PRESENT | SWAPPED | PLACE) : 0;
        }
    }

    @Override
    public void close() {
        pagemap.close();
    }
}
