package dev.stasis.linux.fs;

/** The type of an inode. @see inode(7) */
public enum FileType {
    FIFO(1),
    CHARACTER_DEVICE(2),
    DIRECTORY(4),
    BLOCK_DEVICE(6),
    REGULAR(8),
    SYMLINK(10),
    SOCKET(12),
    /** Inodes of the kernel's own without a type, such as those behind inotify, eventfd and epoll descriptors. */
    ANONYMOUS(0);

    private final int bits;

    FileType(int bits) {
        this.bits = bits;
    }

    /** The type that the upper four bits of {@code mode} say. */
    public static FileType ofMode(int mode) {
        int wanted = (mode >> 12) & 15;
        for (FileType type : values()) {
            if (type.bits == wanted) {
                return type;
            }
        }
        return ANONYMOUS;
    }
}
