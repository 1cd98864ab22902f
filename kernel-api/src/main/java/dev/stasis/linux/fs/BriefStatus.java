package dev.stasis.linux.fs;

/**
 * The little of what statx(2) tells of a file that shows whether it is the same as before: for thousands of files, of which
 * a whole {@link FileStatus} each would take longer than the calls.
 *
 * @param mode type and permission bits, as st_mode
 * @param inode the inode's number
 * @param changed last change of the inode
 */
public record BriefStatus(int mode, long inode, Timestamp changed) {
    /** The brief one of {@code status}. */
    public static BriefStatus of(FileStatus status) {
        return new BriefStatus(status.mode(), status.inode().number(), status.changed());
    }

    /** The type of the inode. */
    public FileType type() {
        return FileType.ofMode(mode);
    }
}
