package dev.stasis.linux.memory;

import static dev.stasis.linux.internal.Syscalls.check;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.internal.Syscalls;
import dev.stasis.linux.memory.PageMap.Region;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.linux.ptrace.RemoteMemory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The page map of this very process, of memory of which every other page was touched. */
class PageMapTest {
    private static final int NO_HUGE_PAGES = 15;

    /** Around 512, the room of the kernel's own buffer, and 1024, that of ours. */
    @ParameterizedTest
    @ValueSource(ints = {1, 511, 512, 513, 700, 1023, 1024, 1025, 1500, 1536, 1537, 2048, 2600, 5000})
    void eachTouchedPageIsARegionOnceAndInOrder(int regions) {
        long length = 2L * regions * PageMap.PAGE;
        long start = check("mmap", "anonymous", Syscalls.call6(SyscallNumber.MMAP, 0, length, 3, 0x22, -1, 0));
        try (PageMap map = PageMap.open(ProcessCalls.self())) {
            check("madvise", "anonymous", Syscalls.call3(SyscallNumber.MADVISE, start, length, NO_HUGE_PAGES));
            List<Region> expected = touchEveryOther(start, regions);
            assertThat(map.contents(new RemoteAddress(start), new RemoteAddress(start + length))).isEqualTo(expected);
        } finally {
            Syscalls.call2(SyscallNumber.MUNMAP, start, length);
        }
    }

    private static List<Region> touchEveryOther(long start, int regions) {
        List<Region> touched = new ArrayList<>();
        try (RemoteMemory memory = RemoteMemory.open(ProcessCalls.self())) {
            for (int i = 0; i < regions; i++) {
                RemoteAddress page = new RemoteAddress(start + 2L * i * PageMap.PAGE);
                memory.write(page, new byte[] {1});
                touched.add(new Region(page, page.plus(PageMap.PAGE)));
            }
        }
        return touched;
    }
}
