package dev.stasis.host.task.freeze;

import dev.stasis.linux.InodeId;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.proc.MemoryArea;
import dev.stasis.linux.ptrace.CallSite;
import dev.stasis.linux.ptrace.CallSiteSearch;
import dev.stasis.linux.ptrace.RemoteMemory;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Finds where a process can be made to call the kernel: in its C library if it has one, else in any code that it maps. What
 * was found in a file is remembered for the next process that maps it, and checked there byte by byte.
 */
final class CallSites {
    private static final Map<InodeId, FileSite> REMEMBERED = new ConcurrentHashMap<>();
    private static final int SYSCALL_RET = 0x00c3050f;
    private static final long MOV_EAX_15 = 0x050f0000000fb8L;
    private static final long MOV_RAX_15 = 0x0f0000000fc0c748L;
    private static final long SEVEN_BYTES = 0x00ffffffffffffffL;

    private CallSites() {}

    /** A site by its offsets in the file that holds it. */
    private record FileSite(long syscall, long restorer) {}

    /** The best site that {@code areas} offer; empty when there is none at all. */
    static Optional<CallSite> find(RemoteMemory memory, List<MemoryArea> areas) {
        for (MemoryArea area : areas) {
            CallSite site = remembered(memory, area);
            if (site != null) {
                return Optional.of(site);
            }
        }
        CallSiteSearch search = new CallSiteSearch(memory);
        for (int pass = 0; pass < 2; pass++) {
            for (MemoryArea area : areas) {
                if (isCode(area) && isLibc(area) == (pass == 0) && search.offer(area.start(), area.length())) {
                    return Optional.of(remember(area, search.result().orElseThrow()));
                }
            }
        }
        return search.result();
    }

    /** Whether {@code site} still holds the instructions it should, in executable memory. */
    static boolean isValid(RemoteMemory memory, List<MemoryArea> areas, CallSite site) {
        return isExecutable(areas, site.syscall()) && (!site.returnsHome()
                || isExecutable(areas, site.restorer()) && hasInstructions(memory, site));
    }

    private static boolean isExecutable(List<MemoryArea> areas, RemoteAddress address) {
        for (MemoryArea area : areas) {
            if (area.contains(address)) {
                return area.allows(MemoryArea.EXECUTE);
            }
        }
        return false;
    }

    private static boolean hasInstructions(RemoteMemory memory, CallSite site) {
        try {
            if ((memory.readLong(site.syscall()) & 0xffffff) != SYSCALL_RET) {
                return false;
            }
            long restorer = memory.readLong(site.restorer());
            return restorer == MOV_RAX_15 && (memory.readLong(site.restorer().plus(7)) & 0xffff) == 0x050f
                    || (restorer & SEVEN_BYTES) == MOV_EAX_15;
        } catch (KernelException e) {
            return false; // the last bytes of the last mapping: look for another place
        }
    }

    private static CallSite remembered(RemoteMemory memory, MemoryArea area) {
        FileSite known = isCode(area) && area.hasInode() ? REMEMBERED.get(area.inode()) : null;
        if (known == null) {
            return null;
        }
        CallSite site = new CallSite(at(area, known.syscall()), at(area, known.restorer()));
        boolean inside = area.contains(site.syscall()) && area.contains(site.restorer());
        return inside && hasInstructions(memory, site) ? site : null;
    }

    private static RemoteAddress at(MemoryArea area, long fileOffset) {
        return area.start().plus(fileOffset - area.offset());
    }

    private static CallSite remember(MemoryArea area, CallSite site) {
        if (area.hasInode() && site.returnsHome() && area.contains(site.syscall()) && area.contains(site.restorer())) {
            REMEMBERED.put(area.inode(), new FileSite(site.syscall().value() - area.start().value() + area.offset(),
                    site.restorer().value() - area.start().value() + area.offset()));
        }
        return site;
    }

    private static boolean isCode(MemoryArea area) {
        return area.allows(MemoryArea.EXECUTE) && !area.isNamed("[vsyscall]");
    }

    private static boolean isLibc(MemoryArea area) {
        String path = area.path().toString();
        return path.contains("/libc.so") || path.contains("/libc-") || path.contains("/ld-musl");
    }
}
