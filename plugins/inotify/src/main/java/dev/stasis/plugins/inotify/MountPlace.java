package dev.stasis.plugins.inotify;

import dev.stasis.linux.DeviceNumber;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.proc.MountEntry;
import dev.stasis.linux.proc.Mounts;

/**
 * Where a marked mount is found again, or any mount of a marked file system.
 *
 * @param point where it is mounted
 * @param root the directory of the file system that is mounted there
 * @param device of the file system
 * @param type of the file system
 */
record MountPlace(UnixPath point, UnixPath root, DeviceNumber device, String type) {

    static MountPlace of(MountEntry mount) {
        return new MountPlace(mount.mountPoint(), mount.root(), mount.device(), mount.type());
    }

    /** Whether its point leads to the very mount {@code id}: one that looks the same may cover it. */
    boolean leadsTo(long id, Mounts mounts) {
        try (Fd open = open(mounts)) {
            return open != null && FileCalls.status(open).mountId() == id;
        }
    }

    /** The mount's own root, an O_PATH descriptor that the caller owns; null when it is not there, or covered. */
    Fd open(Mounts mounts) {
        try {
            Fd found = FileCalls.open(point, OpenFlags.PATH, 0);
            MountEntry mount = mounts.byId(FileCalls.status(found).mountId()).orElse(null);
            if (mount != null && of(mount).equals(this)) {
                return found;
            }
            found.close();
        } catch (KernelException e) {
            // Nothing is there, or nothing we may look at.
        }
        return null;
    }

    @Override
    public String toString() {
        return type + " at " + point + " (" + device + ", its " + root + ")";
    }
}
