package dev.stasis.plugins.epoll;

import dev.stasis.linux.InodeId;
import dev.stasis.linux.fs.FileType;
import dev.stasis.spi.OpenFile;

/**
 * An item of an instance, as /proc shows it: a file under the number that it had where it was added.
 *
 * @param number the descriptor by which it was added; another file may have that number by now, or none
 * @param events what it is for, with EPOLLONESHOT and the like
 * @param data the program's own 64 bits
 * @param inode of the file, as the file system itself counts
 * @param device of the file's file system, in the kernel's encoding
 * @see <a href="https://man7.org/linux/man-pages/man5/proc_pid_fdinfo.5.html">proc_pid_fdinfo(5)</a>
 */
record EpollItem(int number, int events, long data, long inode, int device) {
    private static final int ONE_SHOT = 1 << 30;
    private static final int WAKE_UP = 1 << 29;
    /** What is no event: EPOLLEXCLUSIVE, EPOLLWAKEUP, EPOLLONESHOT, EPOLLET. */
    private static final int MODES = 1 << 28 | WAKE_UP | ONE_SHOT | 1 << 31;
    /** Each item is for EPOLLERR and EPOLLHUP, asked for or not, until it is disarmed. */
    private static final int ALWAYS = 0x8 | 0x10;
    /** EPOLLIN, PRI, OUT, ERR, HUP, RDNORM, RDBAND, WRNORM, WRBAND, MSG, RDHUP. */
    private static final int ANY_EVENT = 0x1 | 0x2 | 0x4 | ALWAYS | 0x40 | 0x80 | 0x100 | 0x200 | 0x400 | 0x2000;

    /** Whether it was for one event (EPOLLONESHOT) and has told of that: it stays silent until it is armed again. */
    boolean isDisarmed() {
        return (events & ONE_SHOT) != 0 && (events & ~MODES) == 0;
    }

    /**
     * Whether {@code file} may be the one that it is on. What statx(2) tells of files of some file systems is another device than the
     * file system's, so of those that can have a name the number alone counts.
     */
    boolean mayBeOn(OpenFile file) {
        InodeId of = file.status().inode();
        return inode == of.number() && (device == of.device().kernelEncoding() || file.status().type() != FileType.SOCKET);
    }

    /** Whether the kernel shows it as it shows {@code other}, apart from the file that it is on. */
    boolean looksLike(EpollItem other) {
        return number == other.number && events == other.events && data == other.data;
    }

    /** Disarmed, but for once: it tells of whatever comes first. */
    int eventsToTellOfAnything() {
        return events | ANY_EVENT;
    }

    /** Whether it keeps the system awake while it has something to tell (EPOLLWAKEUP). */
    boolean keepsAwake() {
        return (events & WAKE_UP) != 0;
    }

    /** The same without EPOLLWAKEUP. */
    EpollItem withoutWakeup() {
        return keepsAwake() ? new EpollItem(number, events & ~WAKE_UP, data, inode, device) : this;
    }

    // By hand: what the compiler generates for a record starts up method handles, 5 ms of a cold start.

    @Override
    public boolean equals(Object other) {
        return other instanceof EpollItem item && looksLike(item) && inode == item.inode && device == item.device;
    }

    @Override
    public int hashCode() {
        return 31 * number + Long.hashCode(data);
    }

    @Override
    public String toString() {
        return "item on number " + number + " (events 0x" + Integer.toHexString(events) + ", data 0x" + Long.toHexString(data)
                + ", inode " + inode + ")";
    }
}
