package dev.stasis.spi;

import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.OpenFlags;
import java.util.List;
import java.util.OptionalLong;

/**
 * An open file description (the kernel's {@code struct file}) as found in a frozen tree, or a location that a task holds
 * without a descriptor: its current directory, root, program or a mapped file.
 *
 * @param id its number in the image
 * @param holders all that refer to it, at least one, in the order of tasks and descriptors
 * @param status the inode behind it and the mount it was opened on
 * @param flags access mode and status flags, O_CLOEXEC never among them
 * @param position where the next read or write goes; empty for what has no position
 * @param owner who gets SIGIO
 * @param link what /proc shows for it: a path as seen from the task's root, or a name like {@code pipe:[17]}
 */
public record OpenFile(
        OpenFileId id,
        List<Holder> holders,
        FileStatus status,
        OpenFlags flags,
        OptionalLong position,
        FileOwner owner,
        UnixPath link) {

    public OpenFile {
        holders = List.copyOf(holders);
    }

    /** Whether a descriptor refers to it; false for what only a current directory, root, program or mapping does. */
    public boolean hasDescriptor() {
        for (Holder holder : holders) {
            if (holder instanceof Holder.Descriptor) {
                return true;
            }
        }
        return false;
    }

    @Override
    public String toString() {
        return holders.get(0) + " (" + link + ")";
    }
}
