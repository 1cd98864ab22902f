package dev.stasis.host.files;

import dev.stasis.linux.UnixPath;

/**
 * How far the path of an open file leads.
 *
 * @param path the path without what /proc adds to it
 * @param mount whether the path leads to the mount that the file was opened through
 * @param file whether the path leads to the very inode
 */
record Reach(UnixPath path, boolean mount, boolean file) {

    /** Whether the path alone finds the file again. */
    boolean isComplete() {
        return mount && file;
    }
}
