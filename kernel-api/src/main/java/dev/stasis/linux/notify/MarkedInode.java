package dev.stasis.linux.notify;

/**
 * An inode that an inotify instance watches or a fanotify group marks, as the kernel has it in its memory. On overlayfs and FUSE
 * several of these may have one number, and each has watches of its own.
 *
 * @param watch the number of the watch; of a fanotify mark it means nothing
 * @param number as the file system counts
 * @param address what tells it from all others, for as long as the watch or mark is there
 */
public record MarkedInode(int watch, long number, long address) {}
