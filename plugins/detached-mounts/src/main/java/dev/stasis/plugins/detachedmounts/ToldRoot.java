package dev.stasis.plugins.detachedmounts;

import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.proc.MountEntry;
import dev.stasis.linux.proc.MountStatus;
import java.util.Optional;

/**
 * Where in its file system a mount begins, on kernels that tell so of a descriptor (statmount(2), Linux 7.0). What handles find must
 * agree with it, and where there are none it takes their place.
 *
 * @param path empty where the kernel does not tell
 */
record ToldRoot(Optional<UnixPath> path) {
    private static final UnixPath ROOT = UnixPath.of("/");

    /** Of the mount that {@code descriptor} was opened on. */
    static ToldRoot of(Fd descriptor) {
        try {
            Optional<MountStatus> status = MountStatus.tryOf(descriptor);
            return new ToldRoot(status.isPresent() ? Optional.of(status.get().root()) : Optional.empty());
        } catch (KernelException e) {
            return new ToldRoot(Optional.empty());
        }
    }

    /** Whether {@code root}, a path through the mount {@code entry}, is the one that the kernel tells, if it tells any. */
    boolean agrees(UnixPath root, MountEntry entry) {
        return path.isEmpty() || Optional.of(root).equals(on(entry));
    }

    /** Its path through the mount {@code entry}; empty when that does not show it, or nothing is told. */
    Optional<UnixPath> on(MountEntry entry) {
        UnixPath below = path.isEmpty() ? null : MountPaths.below(path.get(), entry.root());
        if (below == null) {
            return Optional.empty();
        }
        boolean top = entry.mountPoint().equals(ROOT);
        return Optional.of(below.equals(ROOT) ? entry.mountPoint() : top ? below : joined(entry.mountPoint(), below));
    }

    private static UnixPath joined(UnixPath above, UnixPath below) {
        return above.resolve(below.dropFirst(1));
    }
}
