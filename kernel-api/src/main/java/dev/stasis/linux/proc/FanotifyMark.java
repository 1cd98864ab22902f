package dev.stasis.linux.proc;

import dev.stasis.linux.DeviceNumber;
import dev.stasis.linux.fs.FileHandle;

/**
 * A mark, as the fdinfo of its fanotify group shows it.
 *
 * @param type what is marked
 * @param flags FAN_MARK_ bits that it was made with: how its ignored mask works, whether it may be evicted
 * @param mask events it is for, FAN_ bits
 * @param ignored events it hides, FAN_ bits
 * @param inode the number of a marked inode as the file system counts; 0 for other marks
 * @param device of the file system of a marked inode, or the marked file system; null for others
 * @param handle of a marked inode; null for other marks and where the file system gives none
 * @param mountId a marked mount; 0 for other marks
 * @see <a href="https://man7.org/linux/man-pages/man5/proc_pid_fdinfo.5.html">proc_pid_fdinfo(5)</a>
 */
public record FanotifyMark(
        Type type, int flags, int mask, int ignored, long inode, DeviceNumber device, FileHandle handle, long mountId) {

    /** What can be marked. */
    public enum Type { INODE, MOUNT, FILE_SYSTEM, MOUNT_NAMESPACE }
}
