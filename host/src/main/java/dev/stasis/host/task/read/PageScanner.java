package dev.stasis.host.task.read;

import dev.stasis.host.state.GuardRegion;
import dev.stasis.host.state.Mapping;
import dev.stasis.host.state.MemoryState;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.memory.PageMap;
import dev.stasis.linux.memory.PageMap.Region;
import java.util.ArrayList;
import java.util.List;

/** Finds the private memory that an image has to hold: no holes, no zero pages, no pages that a mapped file still has. And the kernel's code. */
final class PageScanner {
    private PageScanner() {}

    /** A piece of one private mapping with contents of its own, or of the kernel's code. */
    record Piece(RemoteAddress start, long length, boolean anonymous, boolean kernels) {}

    /** The pieces of process {@code pid}, ascending. */
    static List<Piece> scan(Pid pid, MemoryState memory) {
        List<Mapping> mappings = memory.mappings();
        List<Piece> pieces = new ArrayList<>();
        if (mappings.isEmpty()) {
            return pieces;
        }
        List<Region> regions;
        try (PageMap pageMap = PageMap.open(pid)) {
            regions = withoutGuards(pageMap.contents(mappings.get(0).start(), endOfUserMemory(mappings)), memory.guards());
        }
        int at = 0;
        for (Mapping mapping : mappings) {
            if (mapping.kind() == Mapping.Kind.VDSO) {
                pieces.add(new Piece(mapping.start(), mapping.length(), false, true)); // a restore compares it with its own kernel's
            }
            while (at < regions.size() && regions.get(at).end().compareTo(mapping.start()) <= 0) {
                at++;
            }
            for (int i = at; isPrivate(mapping) && i < regions.size() && regions.get(i).start().compareTo(mapping.end()) < 0; i++) {
                pieces.add(common(mapping, regions.get(i)));
            }
        }
        return pieces;
    }

    /** A guard has no contents, although the kernel counts it as a page that was swapped out. */
    private static List<Region> withoutGuards(List<Region> regions, List<GuardRegion> guards) {
        if (guards.isEmpty()) {
            return regions;
        }
        List<Region> rest = new ArrayList<>(regions.size());
        int from = 0;
        for (Region region : regions) {
            RemoteAddress start = region.start();
            while (from < guards.size() && guards.get(from).end().compareTo(start) <= 0) {
                from++;
            }
            for (int i = from; i < guards.size() && guards.get(i).start().compareTo(region.end()) < 0; i++) {
                if (start.compareTo(guards.get(i).start()) < 0) {
                    rest.add(new Region(start, guards.get(i).start()));
                }
                start = guards.get(i).end();
            }
            if (start.compareTo(region.end()) < 0) {
                rest.add(new Region(start, region.end()));
            }
        }
        return rest;
    }

    /** The vsyscall page lies beyond the addresses that a scan accepts. */
    static RemoteAddress endOfUserMemory(List<Mapping> mappings) {
        for (int i = mappings.size() - 1; i > 0; i--) {
            if (mappings.get(i).kind() != Mapping.Kind.VSYSCALL) {
                return mappings.get(i).end();
            }
        }
        return mappings.get(0).end();
    }

    /**
     * What the kernel may drop at any time (dp) is nobody's to keep; and what the vdso has there is the state of a random number
     * generator, of which there must never be two.
     */
    private static boolean isPrivate(Mapping mapping) {
        return mapping.kind() == Mapping.Kind.PRIVATE_ANONYMOUS && !mapping.has("dp") || mapping.kind() == Mapping.Kind.PRIVATE_FILE;
    }

    private static Piece common(Mapping mapping, Region region) {
        RemoteAddress start = mapping.start().compareTo(region.start()) > 0 ? mapping.start() : region.start();
        RemoteAddress end = mapping.end().compareTo(region.end()) < 0 ? mapping.end() : region.end();
        return new Piece(start, end.value() - start.value(), mapping.kind() == Mapping.Kind.PRIVATE_ANONYMOUS, false);
    }
}
