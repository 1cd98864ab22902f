package dev.stasis.linux.fs;

import dev.stasis.linux.DeviceNumber;
import dev.stasis.linux.InodeId;

/**
 * What statx(2) tells of a file.
 *
 * @param mode type and permission bits, as st_mode
 * @param inode which inode it is; on btrfs the device is the subvolume's anonymous one
 * @param mountId the mount it was reached through, as in mountinfo; 0 where the kernel does not tell
 * @param links how many names lead to it
 * @param uid the owning user
 * @param gid the owning group
 * @param size in bytes
 * @param blocks allocated, in units of 512 bytes
 * @param represents for a device node, the device it stands for
 * @param accessed last access
 * @param modified last change of contents
 * @param changed last change of the inode
 * @see <a href="https://man7.org/linux/man-pages/man2/statx.2.html">statx(2)</a>
 */
public record FileStatus(
        int mode,
        InodeId inode,
        long mountId,
        int links,
        int uid,
        int gid,
        long size,
        long blocks,
        DeviceNumber represents,
        Timestamp accessed,
        Timestamp modified,
        Timestamp changed) {

    /** The type of the inode. */
    public FileType type() {
        return FileType.ofMode(mode);
    }

    /** The permission bits with set-id and sticky bits. */
    public int permissions() {
        return mode & 07777;
    }
}
