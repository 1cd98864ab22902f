package dev.stasis.host.state;

import dev.stasis.spi.OpenFileId;
import java.util.List;

/**
 * An address space without its contents.
 *
 * @param layout the addresses that the kernel remembers of it
 * @param auxiliaryVector as /proc/PID/auxv gives it: pairs of longs
 * @param executable the open file that stands for the program
 * @param mappings lowest first, the kernel's own (vdso, vvar) among them
 * @param guards pages in the mappings that nobody may touch, lowest first
 */
public record MemoryState(
        MemoryLayout layout, long[] auxiliaryVector, OpenFileId executable, List<Mapping> mappings, List<GuardRegion> guards) {

    /** One without guards. */
    public MemoryState(MemoryLayout layout, long[] auxiliaryVector, OpenFileId executable, List<Mapping> mappings) {
        this(layout, auxiliaryVector, executable, mappings, List.of());
    }
}
