package dev.stasis.host.state;

/**
 * What prctl(2) and files of /proc set for a process as a whole.
 *
 * @param personality execution domain flags
 * @param dumpable PR_GET_DUMPABLE: 0, 1 or 2
 * @param childSubreaper whether orphans below it become its children
 * @param transparentHugePagesDisabled PR_GET_THP_DISABLE
 * @param coredumpFilter which mappings a core dump holds
 * @param oomScoreAdjustment -1000 to 1000
 */
public record TaskSettings(
        int personality,
        int dumpable,
        boolean childSubreaper,
        boolean transparentHugePagesDisabled,
        int coredumpFilter,
        int oomScoreAdjustment) {}
