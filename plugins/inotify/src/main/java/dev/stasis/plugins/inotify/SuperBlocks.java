package dev.stasis.plugins.inotify;

import dev.stasis.linux.DeviceNumber;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileType;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.proc.MountEntry;
import dev.stasis.linux.proc.Mounts;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.process.ProcessCalls;
import java.util.HashMap;
import java.util.Map;

/** A directory of each file system that is mounted where this process sees it, found when first asked for. */
final class SuperBlocks implements AutoCloseable {
    private final Map<DeviceNumber, Fd> directories = new HashMap<>();
    private Mounts mounts;

    /** A directory of the file system {@code device}, an O_PATH descriptor, borrowed; null when none is in sight. */
    Fd directory(DeviceNumber device) {
        Fd known = directories.get(device);
        if (known == null) {
            known = find(device);
            if (known != null) {
                directories.put(device, known);
            }
        }
        return known;
    }

    private Fd find(DeviceNumber device) {
        if (mounts == null) {
            mounts = Mounts.parse(ProcFile.read(ProcessCalls.self(), "mountinfo"));
        }
        for (int i = 0; i < mounts.entries().size(); i++) {
            MountEntry mount = mounts.entries().get(i);
            if (mount.device().equals(device)) {
                Fd directory = open(mount);
                if (directory != null) {
                    return directory;
                }
            }
        }
        return null;
    }

    /** The mount's root; null when something else covers it, or it is a file. */
    private static Fd open(MountEntry mount) {
        try {
            Fd root = FileCalls.open(mount.mountPoint(), OpenFlags.PATH, 0);
            FileStatus status = FileCalls.status(root);
            if (status.mountId() == mount.id() && status.type() == FileType.DIRECTORY) {
                return root;
            }
            root.close();
        } catch (KernelException e) {
            // Another mount of the same file system may do.
        }
        return null;
    }

    /** Where {@code device} is mounted, as /proc shows it, with the type; null when it is not in sight. */
    MountEntry mount(DeviceNumber device) {
        Fd directory = directory(device);
        return directory == null ? null : mounts.byId(FileCalls.status(directory).mountId()).orElse(null);
    }

    @Override
    public void close() {
        for (Fd directory : directories.values()) {
            directory.close();
        }
        directories.clear();
    }
}
