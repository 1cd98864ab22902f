package dev.stasis.linux.fs;

import dev.stasis.linux.UnixPath;

/**
 * One descriptor of a task and the open file description behind it.
 *
 * @param number the descriptor
 * @param closeOnExec its one flag
 * @param flags access mode and status flags of the description, as F_GETFL tells them
 * @param position the description's, 0 for what has none
 * @param owner who gets SIGIO
 * @param status the inode, and the mount it was opened through
 * @param link what /proc shows: a path or a name such as {@code pipe:[17]}; empty for a path that is too long
 *     and not to be found otherwise
 * @param found whether the path that {@code link} is led to this very inode through this very mount, seen from this process
 */
public record DescriptorStatus(
        int number, boolean closeOnExec, OpenFlags flags, long position, SignalOwner owner, FileStatus status, UnixPath link,
        boolean found) {}
