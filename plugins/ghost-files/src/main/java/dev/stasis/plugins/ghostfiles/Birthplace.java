package dev.stasis.plugins.ghostfiles;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.InodeId;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.AttributeCalls;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.LongPaths;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.util.ArrayList;
import java.util.List;

/**
 * The directory in which a ghost once was, or the nearest above it that still exists.
 *
 * @param directory the directory that exists; owned
 * @param inode which one it is
 * @param missing the directories that are not there, from the uppermost down, as they are called from {@code directory}
 */
record Birthplace(Fd directory, InodeId inode, List<UnixPath> missing) implements AutoCloseable {
    private static final OpenFlags DIRECTORY = OpenFlags.RDONLY.with(OpenFlags.DIRECTORY);
    private static final UnixPath HERE = UnixPath.of(".");
    private static final int IMMUTABLE = 0x10;
    private static final int APPEND_ONLY = 0x20;

    /** Opens {@code path}, relative to {@code base}; with {@code above}, the nearest directory above it will do. */
    static Birthplace open(Fd base, UnixPath path, boolean above) {
        Fd directory = null;
        UnixPath found = path;
        while (directory == null) {
            try {
                directory = LongPaths.open(base, found, DIRECTORY);
            } catch (KernelException e) {
                if (!e.is(Errno.ENOENT) || !above || found.equals(HERE)) {
                    throw e;
                }
                found = found.parent();
            }
        }
        boolean done = false;
        try {
            requireRemovable(directory, path);
            Birthplace place = new Birthplace(directory, FileCalls.status(directory).inode(), below(found, path));
            done = true;
            return place;
        } finally {
            if (!done) {
                directory.close();
            }
        }
    }

    /** The directories from below {@code found} down to {@code path}, as they are called from {@code found}. */
    private static List<UnixPath> below(UnixPath found, UnixPath path) {
        List<UnixPath> below = new ArrayList<>(0);
        for (UnixPath step = path; !step.equals(found); step = step.parent()) {
            below.add(0, found.equals(HERE) ? step : step.dropFirst(found.length() + 1));
        }
        return below;
    }

    /** A name that can be given but not be taken away again would stay for ever. */
    private static void requireRemovable(Fd directory, UnixPath path) {
        if ((AttributeCalls.tryFlags(directory).orElse(0) & (IMMUTABLE | APPEND_ONLY)) != 0) {
            throw new StasisException(new Problem(GhostFilesErrorCode.READ_ONLY, path.toString(),
                    "a deleted file must be made again there, and the directory is immutable or append-only (EPERM)",
                    "take that attribute away with chattr -i -a"));
        }
    }

    /** What {@code name} in the directory is called from {@link #directory()}. */
    UnixPath of(UnixPath name) {
        return missing.isEmpty() ? name : missing.get(missing.size() - 1).resolve(name);
    }

    @Override
    public void close() {
        directory.close();
    }
}
