package dev.stasis.linux.fs;

import java.util.Arrays;

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

    private static final FileType[] BY_BITS = byBits();

    private final int bits;

    FileType(int bits) {
        this.bits = bits;
    }

    /** The type that the upper four bits of {@code mode} say. */
    public static FileType ofMode(int mode) {
        return BY_BITS[(mode >> 12) & 15];
    }

    private static FileType[] byBits() {
        FileType[] types = new FileType[16];
        Arrays.fill(types, ANONYMOUS);
        for (FileType type : values()) {
            types[type.bits] = type;
        }
        return types;
    }
}
