package dev.stasis.linux.memory;

import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.fs.FileCalls;
import java.util.ArrayList;
import java.util.List;

/** The way of kernels before 6.7: one entry of /proc/PID/pagemap for each page. The zero page cannot be told from others. */
final class PageMapEntries {
    private static final int ENTRIES = 1 << 15;
    private static final long FILE = 1L << 61;
    private static final long SWAPPED = 1L << 62;
    private static final long PRESENT = 1L << 63;

    private final Fd pagemap;
    private final NativeMemory entries = NativeMemory.allocate(ENTRIES * Long.BYTES);

    PageMapEntries(Fd pagemap) {
        this.pagemap = pagemap;
    }

    List<PageMap.Region> contents(RemoteAddress start, RemoteAddress end) {
        List<PageMap.Region> found = new ArrayList<>();
        long first = start.value() / PageMap.PAGE;
        long last = end.value() / PageMap.PAGE;
        while (first < last) {
            int wanted = (int) Math.min(ENTRIES, last - first);
            int count = FileCalls.readAt(pagemap, entries, wanted * Long.BYTES, first * Long.BYTES) / Long.BYTES;
            if (count == 0) {
                return found;
            }
            for (int i = 0; i < count; i++) {
                if (isOwn(entries.getLong(i * Long.BYTES))) {
                    PageMap.append(found, (first + i) * PageMap.PAGE, (first + i + 1) * PageMap.PAGE);
                }
            }
            first += count;
        }
        return found;
    }

    private static boolean isOwn(long entry) {
        return (entry & (PRESENT | SWAPPED)) != 0 && (entry & FILE) == 0;
    }
}
