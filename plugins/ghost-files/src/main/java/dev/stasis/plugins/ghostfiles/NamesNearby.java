package dev.stasis.plugins.ghostfiles;

import dev.stasis.linux.Fd;
import dev.stasis.linux.InodeId;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.DirectoryCalls;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.FileType;
import dev.stasis.linux.fs.LongPaths;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.notify.UnnoticedOpens;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Looks for another name of an inode on a file system without handles: in the directory of the lost name, below it, in the one
 * above and below that, and so on, on the same mount. It ends after some thousand names, for the tree stands still meanwhile.
 */
final class NamesNearby {
    private static final OpenFlags DIRECTORY = OpenFlags.RDONLY.with(OpenFlags.DIRECTORY).with(OpenFlags.NOATIME);
    private static final UnixPath HERE = UnixPath.of(".");
    private static final UnixPath ABOVE = UnixPath.of("..");
    private static final int MOST = 20_000;

    private final Fd start;
    private final InodeId wanted;
    /** Null where nobody watches anything. */
    private final UnnoticedOpens unnoticed;
    private final long mount;
    private final Set<InodeId> visited = new HashSet<>();
    private final Deque<UnixPath> waiting = new ArrayDeque<>();
    private int left = MOST;

    private NamesNearby(Fd start, InodeId wanted, UnnoticedOpens unnoticed) {
        this.unnoticed = unnoticed;
        this.start = start;
        this.wanted = wanted;
        this.mount = FileCalls.status(start).mountId();
    }

    /**
     * The path from {@code directory}, which is borrowed, to a name of {@code wanted}; it looks in there alone unless {@code far}.
     * What it reads it opens by {@code unnoticed}, if that is not null and the file system allows it.
     */
    static Optional<UnixPath> find(Fd directory, InodeId wanted, boolean far, UnnoticedOpens unnoticed) {
        NamesNearby names = new NamesNearby(directory, wanted, unnoticed);
        return far ? names.find() : names.visit(HERE);
    }

    private Optional<UnixPath> find() {
        for (UnixPath top = HERE; isNew(top); top = top.equals(HERE) ? ABOVE : ABOVE.resolve(top)) {
            waiting.add(top);
            while (!waiting.isEmpty() && left > 0) {
                Optional<UnixPath> found = visit(waiting.remove());
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    /** Whether {@code directory} is one of the mount that was not looked into yet. */
    private boolean isNew(UnixPath directory) {
        Optional<FileStatus> status = left > 0 ? LongPaths.tryLinkStatus(start, directory) : Optional.empty();
        return status.isPresent() && status.get().mountId() == mount && visited.add(status.get().inode());
    }

    private Optional<UnixPath> visit(UnixPath directory) {
        List<UnixPath> entries = entries(directory);
        for (int i = 0; i < entries.size() && left > 0; i++, left--) {
            UnixPath path = directory.equals(HERE) ? entries.get(i) : directory.resolve(entries.get(i));
            Optional<FileStatus> status = LongPaths.tryLinkStatus(start, path);
            if (status.isEmpty() || status.get().mountId() != mount) {
                continue;
            }
            if (status.get().inode().equals(wanted) && !SillyName.isOf(path, wanted.number())) {
                return Optional.of(path);
            }
            if (status.get().type() == FileType.DIRECTORY && visited.add(status.get().inode())) {
                waiting.add(path);
            }
        }
        return Optional.empty();
    }

    private List<UnixPath> entries(UnixPath directory) {
        try (Fd open = open(directory)) {
            return DirectoryCalls.list(open); // not opened once more, which would be noticed
        } catch (KernelException e) {
            return List.of(); // gone, or not for us
        }
    }

    private Fd open(UnixPath directory) {
        if (unnoticed == null) {
            return LongPaths.open(start, directory, DIRECTORY);
        }
        try (Fd found = LongPaths.open(start, directory, OpenFlags.PATH.with(OpenFlags.DIRECTORY))) {
            Optional<Fd> opened = unnoticed.tryOpen(found);
            return opened.isPresent() ? opened.get() : FileCalls.openAt(found, HERE, DIRECTORY, 0);
        }
    }
}
