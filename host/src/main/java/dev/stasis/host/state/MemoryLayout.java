package dev.stasis.host.state;

/**
 * The addresses that the kernel remembers of an address space, as PR_SET_MM_MAP takes them.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/PR_SET_MM.2const.html">PR_SET_MM(2const)</a>
 */
public record MemoryLayout(
        long startCode,
        long endCode,
        long startData,
        long endData,
        long startBrk,
        long brk,
        long startStack,
        long argumentsStart,
        long argumentsEnd,
        long environmentStart,
        long environmentEnd) {}
