package dev.stasis.spi;

import dev.stasis.linux.DeviceNumber;
import dev.stasis.linux.InodeId;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.FileType;

/**
 * Which inode an open file was of when it was dumped: what tells two files of one name, or two names of one file, apart.
 *
 * @param mode type and permission bits, as st_mode
 * @param inode the inode
 * @param mountId the mount it was opened on, 0 where the kernel did not tell
 * @param represents for a device node, the device it stands for
 */
public record FileIdentity(int mode, InodeId inode, long mountId, DeviceNumber represents) {

    /** What {@code status} says of it. */
    public static FileIdentity of(FileStatus status) {
        return new FileIdentity(status.mode(), status.inode(), status.mountId(), status.represents());
    }

    /** The type of the inode. */
    public FileType type() {
        return FileType.ofMode(mode);
    }
}
