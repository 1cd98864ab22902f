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
 * @param stopUnread whether its parent has yet to read, with wait4(2) and WUNTRACED, that it was stopped
 * @param memory what holds for all its memory
 * @param controlGroups in which it is, when it is the root of the tree: controllers, a colon and the path, with blanks between; empty
 *     for others
 * @param sessionKeyring its session keyring, by number, a blank and its description, when that holds keys and is not the usual one
 *     of the user; empty otherwise
 */
public record TaskSettings(
        int personality,
        int dumpable,
        boolean childSubreaper,
        boolean transparentHugePagesDisabled,
        int coredumpFilter,
        int oomScoreAdjustment,
        boolean stopUnread,
        MemorySettings memory,
        String controlGroups,
        String sessionKeyring) {

    /** The same for a task whose stop the parent has yet to read, or has read. */
    public TaskSettings withStopUnread(boolean unread) {
        return new TaskSettings(personality, dumpable, childSubreaper, transparentHugePagesDisabled, coredumpFilter,
                oomScoreAdjustment, unread, memory, controlGroups, sessionKeyring);
    }
}
