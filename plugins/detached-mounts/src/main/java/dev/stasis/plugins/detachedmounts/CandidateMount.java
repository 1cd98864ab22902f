package dev.stasis.plugins.detachedmounts;

import dev.stasis.linux.Fd;
import dev.stasis.linux.proc.MountEntry;

/**
 * A mount in sight that may show the files of one that is not.
 *
 * @param entry what mountinfo tells of it
 * @param directory its root, O_PATH, owned by {@link Candidates}
 */
record CandidateMount(MountEntry entry, Fd directory) {

    /** Whether nothing can be written to its file system through any mount. */
    boolean isReadOnlyFileSystem() {
        return ("," + entry.superOptions() + ",").contains(",ro,");
    }
}
