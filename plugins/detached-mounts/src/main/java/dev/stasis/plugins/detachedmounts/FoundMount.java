package dev.stasis.plugins.detachedmounts;

import dev.stasis.linux.UnixPath;

/** What became of the search for a mount. */
sealed interface FoundMount {

    /**
     * A mount in sight shows what it showed.
     *
     * @param root where its root is now
     * @param readOnlyFileSystem whether nothing can be written there by any mount
     */
    record Shown(UnixPath root, boolean readOnlyFileSystem) implements FoundMount {}

    /**
     * It cannot be found again.
     *
     * @param reason why, for people
     * @param help what would help, for people
     */
    record Lost(String reason, String help) implements FoundMount {}
}
