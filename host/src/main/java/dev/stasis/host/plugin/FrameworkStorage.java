package dev.stasis.host.plugin;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.fs.MountCalls;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Where the framework keeps its notes, a few hundred bytes a bundle which nobody ever reads again.
 *
 * <p>It cannot do without a directory, and a directory would stay behind when this process is killed. So it gets one on a
 * file system in memory that is mounted nowhere: it is gone with its last descriptor, whatever ends the process. Mounting
 * takes privilege; without it there is a private directory, and one that stayed behind is removed by the next run.
 */
final class FrameworkStorage implements AutoCloseable {
    private static final long SIZE_LIMIT = 16 << 20;
    private static final long LIBRARIES_LIMIT = 512 << 20;

    private final Path path;
    private final AutoCloseable holder;

    private FrameworkStorage(Path path, AutoCloseable holder) {
        this.path = path;
        this.holder = holder;
    }

    /** Makes it. */
    static FrameworkStorage create() throws IOException {
        return create(SIZE_LIMIT);
    }

    /** Makes another one, for what is unpacked of plugins. */
    static FrameworkStorage forLibraries() throws IOException {
        return create(LIBRARIES_LIMIT);
    }

    private static FrameworkStorage create(long limit) throws IOException {
        try {
            Fd root = MountCalls.detachedTmpfs(limit);
            return new FrameworkStorage(Path.of("/proc/self/fd/" + root.number()), root);
        } catch (KernelException refused) {
            if (!refused.is(Errno.EPERM) && !refused.is(Errno.ENOSYS)) {
                throw refused;
            }
            PrivateDirectory directory = PrivateDirectory.create();
            return new FrameworkStorage(directory.path(), directory);
        }
    }

    /** The directory, which is empty at first. */
    Path path() {
        return path;
    }

    /** Removes it and all that is in it. */
    @Override
    public void close() throws IOException {
        try {
            holder.close();
        } catch (IOException | RuntimeException failure) {
            throw failure;
        } catch (Exception impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
