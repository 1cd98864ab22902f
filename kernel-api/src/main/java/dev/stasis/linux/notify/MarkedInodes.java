package dev.stasis.linux.notify;

import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Tells which very inodes an inotify instance watches or a fanotify group marks, and what names these have, and touches nothing.
 * The kernel is asked by BPF programs, for which it must know its own structures (CONFIG_DEBUG_INFO_BTF, Linux 5.17) and the caller
 * have CAP_BPF and CAP_PERFMON, or CAP_SYS_ADMIN. Whether they see right is tried on an instance of our own.
 *
 * <p>Not safe for use by several threads at once. To be closed.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/inotify.7.html">inotify(7)</a>
 */
public final class MarkedInodes implements AutoCloseable {
    private static final int MOST_NAMES = 2048;

    private final MarksProgram marks = new MarksProgram();
    private InodeNames names;

    private MarkedInodes() {}

    /** Gets ready to tell; empty where the kernel or the caller's privileges do not allow it. */
    public static Optional<MarkedInodes> tryOpen() {
        MarkedInodes inodes = null;
        boolean works = false;
        try {
            inodes = new MarkedInodes();
            inodes.names = new InodeNames();
            works = inodes.sees();
        } catch (KernelException e) {
            // The kernel does not take it, or has no room.
        } finally {
            if (!works && inodes != null) {
                inodes.close();
            }
        }
        return works ? Optional.of(inodes) : Optional.empty();
    }

    /** Whether it sees what an instance of our own watches, and nothing else. */
    private boolean sees() {
        try (Fd instance = InotifyCalls.create(OpenFlags.NONBLOCK); Fd one = FileCalls.memfd("stasis-marked");
                Fd other = FileCalls.memfd("stasis-marked")) {
            WatchDescriptor watch = InotifyCalls.watch(instance, one, EventMask.DELETE_SELF);
            List<MarkedInode> found = of(instance);
            return found.size() == 1 && found.get(0).watch() == watch.number()
                    && found.get(0).number() == FileCalls.status(one).inode().number()
                    && is(one, found.get(0)) && !is(other, found.get(0));
        }
    }

    /** What {@code group}, an inotify instance or fanotify group, watches or marks, in the order in which its fdinfo tells of it. */
    public List<MarkedInode> of(Fd group) {
        List<MarkedInode> found = new ArrayList<>();
        long cursor = 0;
        int count;
        do {
            count = marks.run(group, cursor);
            cursor = marks.cursor();
            for (int i = 0; i < count; i++) {
                found.add(new MarkedInode(marks.watch(i), marks.number(i), marks.inode(i)));
            }
        } while (count == MarksProgram.BATCH);
        return found;
    }

    /** Whether {@code file}, O_PATH will do, is {@code inode} itself. */
    public boolean is(Fd file, MarkedInode inode) {
        return inode.address() != 0 && marks.inodeOf(file) == inode.address();
    }

    /**
     * A path that {@code inode} has, or had, below the root of its file system, such as {@code /etc/passwd}; empty when the kernel
     * knows none at the moment. Whether it leads there is to be tried.
     */
    public Optional<UnixPath> path(MarkedInode inode) {
        byte[] path = new byte[0];
        long cursor = 0;
        int levels = 0;
        do {
            if (!names.run(inode.address(), cursor)) {
                return Optional.empty();
            }
            cursor = names.cursor();
            for (int i = 0; i < names.count(); i++) {
                path = below(names.name(i), path);
            }
            levels += names.count();
        } while (cursor != 0 && levels < MOST_NAMES);
        return cursor != 0 ? Optional.empty() : Optional.of(levels == 0 ? UnixPath.of("/") : UnixPath.of(path));
    }

    private static byte[] below(byte[] name, byte[] rest) {
        byte[] path = new byte[1 + name.length + rest.length];
        path[0] = '/';
        System.arraycopy(name, 0, path, 1, name.length);
        System.arraycopy(rest, 0, path, 1 + name.length, rest.length);
        return path;
    }

    @Override
    public void close() {
        marks.close();
        if (names != null) {
            names.close();
        }
    }
}
