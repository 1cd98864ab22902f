package dev.stasis.host.task.read;

import dev.stasis.host.state.MemorySettings;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.RemoteCalls;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.proc.MemoryArea;
import dev.stasis.linux.proc.ProcFile;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Reads what holds for all memory of a process. */
final class MemorySettingsReader {
    private static final int GET_MDWE = 66;
    private static final int GET_MEMORY_MERGE = 68;
    private static final int ONLY_WHERE_ADVISED = 2;
    private static final int MEMBARRIER_GET_REGISTRATIONS = 1 << 9;
    private static final int PAGE = 4096;
    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
    private static final int MCL_FUTURE = 2;
    private static final int MCL_ONFAULT = 4;

    private final RemoteCalls calls;
    private final Pid pid;

    MemorySettingsReader(RemoteCalls calls, Pid pid) {
        this.calls = calls;
        this.pid = pid;
    }

    /** The settings of the process, which has {@code areas}. */
    MemorySettings read(List<MemoryArea> areas) {
        return new MemorySettings(locksAny(areas) ? lockFuture() : 0, orZero(GET_MEMORY_MERGE) == 1, (int) orZero(GET_MDWE),
                barriers(), (orZero(ControlCalls.GET_HUGE_PAGES_DISABLED) & ONLY_WHERE_ADVISED) != 0);
    }

    /** A kernel before 6.3 does not tell. */
    private int barriers() {
        return (int) Math.max(0, calls.tryCall(SyscallNumber.MEMBARRIER, MEMBARRIER_GET_REGISTRATIONS, 0, 0));
    }

    /** A kernel that does not know the option has nothing to keep. */
    private long orZero(int option) {
        return Math.max(0, calls.tryCall(SyscallNumber.PRCTL, option, 0, 0, 0, 0));
    }

    private static boolean locksAny(List<MemoryArea> areas) {
        for (MemoryArea area : areas) {
            if (area.has("lo")) {
                return true;
            }
        }
        return false;
    }

    /** The kernel does not tell what becomes of new mappings, so one is made and looked at: locked or not, filled or not. */
    private int lockFuture() {
        long before = locked();
        RemoteAddress answer = calls.lend(Long.BYTES);
        long page = calls.tryCall(SyscallNumber.MMAP, 0, PAGE, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0);
        if (page < 0 && page >= -4095) {
            return MCL_FUTURE; // beyond its limit of locked memory: that much is told by the refusal
        }
        try {
            if (locked() == before) {
                return 0;
            }
            calls.call(SyscallNumber.MINCORE, page, PAGE, answer.value());
            return (calls.read(answer, 1)[0] & 1) != 0 ? MCL_FUTURE : MCL_FUTURE | MCL_ONFAULT;
        } finally {
            calls.call(SyscallNumber.MUNMAP, page, PAGE);
        }
    }

    /** Kilobytes of locked memory. */
    private long locked() {
        String status = new String(ProcFile.read(pid, "status"), StandardCharsets.ISO_8859_1);
        int at = status.indexOf("\nVmLck:") + "\nVmLck:".length();
        return Long.parseLong(status.substring(at, status.indexOf(" kB", at)).strip());
    }
}
