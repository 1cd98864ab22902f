package dev.stasis.plugins.detachedmounts;

import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.MountCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.fs.PrivateMounts;
import dev.stasis.linux.proc.MountEntry;
import dev.stasis.linux.proc.Mounts;
import dev.stasis.linux.proc.ProcFile;
import java.util.Optional;

/**
 * Gets at mounts that are hidden under others: in a copy of all mounts that nobody else sees, what is above is unmounted, until
 * the path leads to it; there it is copied once more, into no namespace at all.
 */
final class CoveredMounts {
    private static final OpenFlags LOOK = OpenFlags.PATH.with(OpenFlags.NOFOLLOW);
    private static final int MOST_COVERS = 64;

    private CoveredMounts() {}

    /** The root of a copy of {@code wanted}, which the caller owns; null when it cannot be got at. */
    static Fd root(MountEntry wanted) {
        try (PrivateMounts copies = PrivateMounts.enter()) {
            for (int i = 0; i < MOST_COVERS; i++) {
                Mounts now = mounts();
                MountEntry top = leadsTo(wanted.mountPoint(), now);
                if (top == null || !isThere(wanted, now)) {
                    return null;
                }
                if (isSame(top, wanted)) {
                    return copy(wanted.mountPoint());
                }
                copies.unmount(top.mountPoint());
            }
            return null;
        } catch (KernelException e) {
            return null;
        }
    }

    private static Mounts mounts() {
        try (Fd file = FileCalls.open(UnixPath.of("/proc/thread-self/mountinfo"), OpenFlags.RDONLY, 0)) {
            return Mounts.parse(ProcFile.readAll(file));
        }
    }

    /** The mount on which {@code path} ends, or breaks off; null for the root, which cannot be taken away. */
    private static MountEntry leadsTo(UnixPath path, Mounts mounts) {
        UnixPath step = path;
        while (step.length() > 1) {
            Optional<FileStatus> found = FileCalls.tryLinkStatus(step);
            if (found.isPresent()) {
                MountEntry entry = mounts.byId(found.get().mountId()).orElse(null);
                return entry == null || entry.mountPoint().length() == 1 ? null : entry;
            }
            step = step.parent();
        }
        return null;
    }

    private static boolean isThere(MountEntry wanted, Mounts mounts) {
        for (MountEntry entry : mounts.entries()) {
            if (isSame(entry, wanted)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isSame(MountEntry one, MountEntry other) {
        return one.device().equals(other.device()) && one.root().equals(other.root()) && one.mountPoint().equals(other.mountPoint());
    }

    private static Fd copy(UnixPath path) {
        try (Fd shown = FileCalls.open(path, LOOK, 0)) {
            return MountCalls.detachedCopy(shown, false);
        }
    }
}
