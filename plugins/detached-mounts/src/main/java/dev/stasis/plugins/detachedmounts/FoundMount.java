package dev.stasis.plugins.detachedmounts;

import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.proc.MountEntry;

/** What became of the search for a mount. */
sealed interface FoundMount {

    /**
     * A mount in sight shows what it showed.
     *
     * @param root where its root is now
     * @param present the same, opened; owned by the look at the tree
     * @param readOnlyFileSystem whether nothing can be written there by any mount
     * @param point where the mount itself still is, hidden under another; null when it is detached
     */
    record Shown(UnixPath root, Fd present, boolean readOnlyFileSystem, UnixPath point) implements FoundMount {}

    /**
     * It is still mounted, but hidden under another, and no mount in sight shows the same.
     *
     * @param entry what mountinfo tells of it
     * @param present its root, opened; owned by the look at the tree
     */
    record Covered(MountEntry entry, Fd present) implements FoundMount {}

    /** Its file system is mounted nowhere else and lives in memory: what is reached of it goes into the image. */
    record Kept() implements FoundMount {}

    /**
     * It belongs to another mount namespace.
     *
     * @param entry what is told of it there
     * @param process one that sees it
     */
    record Foreign(MountEntry entry, String process) implements FoundMount {}

    /**
     * It cannot be found again.
     *
     * @param reason why, for people
     * @param help what would help, for people
     */
    record Lost(String reason, String help) implements FoundMount {}
}
