package dev.stasis.linux.fs;

import static dev.stasis.linux.internal.Syscalls.check;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.Pid;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.internal.Syscalls;

/** The links in /proc/PID/fd: what they say, and whether what they say leads to the file. */
final class DescriptorLinks {
    private static final int LINK_MAX = 4096;
    private static final int STATX_SIZE = 256;
    private static final String PIPE = "pipe:[";
    private static final String DELETED = " (deleted)";

    private final Pid task;
    private final Fd links;
    private final NativeMemory memory;
    private final int name;
    private final int found;
    private final int text;

    /**
     * The links of {@code task} in directory {@code links}. Of {@code memory}, the caller leaves the name of the descriptor in
     * question at {@code name}; from {@code found} on it is used here.
     */
    DescriptorLinks(Pid task, Fd links, NativeMemory memory, int name, int found) {
        this.task = task;
        this.links = links;
        this.memory = memory;
        this.name = name;
        this.found = found;
        this.text = found + STATX_SIZE;
    }

    /** What the link of descriptor {@code number}, of which {@code copy} is a copy, says; empty if nothing shows that. */
    UnixPath read(int number, int copy) {
        long length = readLink();
        if (length == -Errno.ENAMETOOLONG.number()) {
            return longLink(copy);
        }
        if (DescriptorTable.isGone(length)) {
            return UnixPath.of("");
        }
        check("readlink", "/proc/" + task + "/fd/" + number, length);
        return UnixPath.of(memory, text, (int) length);
    }

    /**
     * Whether the link says what it did before, of a file of which all else is unchanged and stands at {@code statx}. A path
     * that leads to a file with no other name needs no asking; nor do pipes, whose names are made of their inode's number.
     */
    boolean isStill(DescriptorStatus before, int statx) {
        FileType type = before.status().type();
        if (type == FileType.REGULAR && before.status().links() == 1 && before.found()) {
            return leadsTo(before.link(), statx);
        }
        if (type == FileType.FIFO && before.link().startsWith(PIPE)) {
            return true;
        }
        long length = readLink();
        return length > 0 && before.link().isAt(memory, text, (int) length)
                && before.found() == (!isGone(before.link(), before.status()) && leadsTo(before.link(), statx));
    }

    /** Whether no path leads to the file of {@code status}: it has no name left, as {@code link} says. */
    static boolean isGone(UnixPath link, FileStatus status) {
        return status.links() == 0 && link.endsWith(DELETED);
    }

    /** Whether {@code link} is a path that leads to the inode and the mount of which {@code statx} tells. */
    boolean leadsTo(UnixPath link, int statx) {
        if (!link.isAbsolute() || link.length() >= LINK_MAX) {
            return false;
        }
        link.copyTo(memory, text);
        long result = Syscalls.call5(SyscallNumber.STATX, FileCalls.AT_FDCWD, memory.address() + text,
                FileCalls.AT_SYMLINK_NOFOLLOW, FileCalls.STATX_ASKED, memory.address() + found);
        return result == 0 && FileCalls.isSameFile(memory, statx, found);
    }

    private long readLink() {
        return Syscalls.call4(SyscallNumber.READLINKAT, links.number(), memory.address() + name, memory.address() + text,
                LINK_MAX);
    }

    private static UnixPath longLink(int copy) {
        Fd file = Fd.own(copy);
        try {
            return LongPaths.of(file);
        } catch (KernelException e) {
            // It has a path that nothing shows. Whoever needs the path sees that there is none and can say so.
            return UnixPath.of("");
        } finally {
            file.release();
        }
    }
}
