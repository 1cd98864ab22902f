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
 * @param born when the inode came into being: what tells it from another one that got its number later; null where the file
 *     system does not keep it
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
        Timestamp changed,
        Timestamp born) {

    /** Of a file that does not tell when it came into being. */
    public FileStatus(
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
        this(mode, inode, mountId, links, uid, gid, size, blocks, represents, accessed, modified, changed, null);
    }

    /** The type of the inode. */
    public FileType type() {
        return FileType.ofMode(mode);
    }

    /** The permission bits with set-id and sticky bits. */
    public int permissions() {
        return mode & 07777;
    }
}
