package dev.stasis.plugins.inotify;

import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.MountCalls;

/** A file system that nobody sees, where the events of a queue are made to happen once more. Gone when closed. */
final class ScratchSpace implements AutoCloseable {
    private static final long SIZE = 1L << 28;
    /** What all files that nothing else is to be known of are names of: a name is cheaper than a file. */
    private static final UnixPath FILE = UnixPath.of("file");

    private final Fd root;
    private int names;
    private boolean hasFile;

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

    /** Has {@code calls} make a directory, or another name of one file: two of those are never renamed onto each other. */
    void makeEntry(UnixPath path, boolean directory, ScratchCalls calls) {
        if (directory) {
            calls.makeDirectory(root, path);
            return;
        }
        if (!hasFile) {
            calls.makeFile(root, FILE);
            hasFile = true;
        }
        calls.link(root, FILE, path);
    }

    @Override
    public void close() {
        root.close();
    }
}
