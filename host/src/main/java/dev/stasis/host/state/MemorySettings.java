package dev.stasis.host.state;

/**
 * What holds for mappings that a process makes from now on, or for all it has.
 *
 * @param lockFuture flags of mlockall(2) for new mappings: 0 none, MCL_FUTURE (2), with MCL_ONFAULT (4)
 * @param mergesEqualPages whether equal pages may be merged everywhere (PR_SET_MEMORY_MERGE)
 * @param writeExecuteDenial bits of PR_SET_MDWE: what was writable never becomes executable
 * @param barriers commands of membarrier(2) that it has registered for, one bit each
 * @param hugePagesOnlyWhereAdvised whether huge pages, where they are disabled, are not where madvise(2) asked for them
 *     (PR_THP_DISABLE_EXCEPT_ADVISED)
 */
public record MemorySettings(
        int lockFuture, boolean mergesEqualPages, int writeExecuteDenial, int barriers, boolean hugePagesOnlyWhereAdvised) {
    /** Nothing special, as most processes have it. */
    public static final MemorySettings USUAL = new MemorySettings(0, false, 0, 0, false);
}
