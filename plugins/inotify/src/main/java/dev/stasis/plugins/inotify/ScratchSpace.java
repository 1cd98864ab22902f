package dev.stasis.plugins.inotify;

import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.MountCalls;

/** A file system that nobody sees, where the events of a queue are made to happen once more. Gone when closed. */
final class ScratchSpace implements AutoCloseable {
    private static final long SIZE = 1L << 28;

    private final Fd root;
    private int names;

    private ScratchSpace(Fd root) {
        this.root = root;
    }

    static ScratchSpace create() {
        return new ScratchSpace(MountCalls.detachedTmpfs(SIZE));
    }

    /** Its root directory, an O_PATH descriptor. */
    Fd root() {
        return root;
    }

    /** A name in the root directory that is not taken. */
    UnixPath newName() {
        return UnixPath.of("s" + names++);
    }

    @Override
    public void close() {
        root.close();
    }
}
