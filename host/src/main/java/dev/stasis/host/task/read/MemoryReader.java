package dev.stasis.host.task.read;

import dev.stasis.host.state.GuardRegion;
import dev.stasis.host.state.Mapping;
import dev.stasis.host.state.Mapping.Kind;
import dev.stasis.host.state.MemoryLayout;
import dev.stasis.host.state.MemoryPolicy;
import dev.stasis.host.state.MemoryState;
import dev.stasis.host.state.SystemVSegment;
import dev.stasis.host.task.freeze.FrozenTask;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.RemoteCalls;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.memory.PageMap;
import dev.stasis.linux.proc.MemoryArea;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.proc.TaskStat;
import dev.stasis.spi.Holder;
import dev.stasis.spi.OpenFileId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads the shape of an address space. */
final class MemoryReader {
    private MemoryReader() {}

    static MemoryState read(FrozenTask task, TaskStat stat, TaskFiles files, RemoteCalls calls) {
        long brk = calls.call(SyscallNumber.BRK, 0);
        List<Mapping> mappings = new ArrayList<>(task.areas().size());
        MemoryPolicyReader policies = new MemoryPolicyReader(calls);
        Set<RemoteAddress> candidates = MemoryPolicyReader.candidates(task.pid());
        for (MemoryArea area : task.areas()) {
            MemoryPolicy policy = candidates.contains(area.start()) ? policies.ofMapping(area.start()) : MemoryPolicy.DEFAULT;
            mappings.add(mapping(task.pid(), area, policy, files));
        }
        return new MemoryState(layout(stat, brk), ProcFile.parseLongs(ProcFile.read(task.pid(), "auxv")),
                files.idOf(new Holder.Executable(task.pid())), mappings, guards(task.pid(), mappings));
    }

    private static List<GuardRegion> guards(Pid pid, List<Mapping> mappings) {
        List<GuardRegion> guards = new ArrayList<>();
        if (!mappings.isEmpty()) {
            try (PageMap pageMap = PageMap.open(pid)) {
                for (PageMap.Region region : pageMap.guards(mappings.get(0).start(), PageScanner.endOfUserMemory(mappings))) {
                    guards.add(new GuardRegion(region.start(), region.end()));
                }
            }
        }
        return guards;
    }

    private static MemoryLayout layout(TaskStat stat, long brk) {
        return new MemoryLayout(stat.startCode(), stat.endCode(), stat.startData(), stat.endData(), stat.startBrk(), brk,
                stat.startStack(), stat.argumentsStart(), stat.argumentsEnd(), stat.environmentStart(), stat.environmentEnd());
    }

    private static Mapping mapping(Pid pid, MemoryArea area, MemoryPolicy policy, TaskFiles files) {
        Kind kind = kind(area);
        boolean ofFile = kind == Kind.PRIVATE_FILE || kind == Kind.SHARED_FILE;
        OpenFileId file = ofFile ? files.idOf(new Holder.Mapping(pid, area.start(), area.end())) : null;
        long object = kind == Kind.SHARED_ANONYMOUS ? area.inode().number()
                : kind == Kind.SYSTEM_V ? SystemVSegment.object((int) area.inode().number()) : 0;
        return new Mapping(area.start(), area.end(), area.protection(), kind, file,
                kind == Kind.SHARED_FILE && area.has("mw"), area.offset(), object, area.flags(), policy);
    }

    /** What {@code area} shows. */
    static Kind kind(MemoryArea area) {
        if (area.hasInode()) {
            if (area.isSharedAnonymous()) {
                return Kind.SHARED_ANONYMOUS;
            }
            if (area.isSystemV()) {
                return Kind.SYSTEM_V;
            }
            return area.shared() ? Kind.SHARED_FILE : Kind.PRIVATE_FILE;
        }
        if (area.isNamed("[vdso]")) {
            return Kind.VDSO;
        }
        if (area.isNamed("[vvar]")) {
            return Kind.VVAR;
        }
        if (area.isNamed("[vvar_vclock]")) {
            return Kind.VVAR_VCLOCK;
        }
        return area.isNamed("[vsyscall]") ? Kind.VSYSCALL : Kind.PRIVATE_ANONYMOUS;
    }
}
