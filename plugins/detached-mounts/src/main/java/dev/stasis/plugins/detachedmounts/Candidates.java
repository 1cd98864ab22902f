package dev.stasis.plugins.detachedmounts;

import dev.stasis.linux.DeviceNumber;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.FileSystemCalls;
import dev.stasis.linux.fs.FileType;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.proc.MountEntry;
import dev.stasis.linux.proc.Mounts;
import dev.stasis.spi.OpenFile;
import java.util.ArrayList;
import java.util.List;

/**
 * The mounts in sight of the file system that a file is on, those first that show most of it.
 *
 * <p>Mostly the device tells which they are. On btrfs each subvolume has a device of its own, which no mount shows, and files
 * on overlayfs may show that of a layer; then all mounts of that type are candidates, and inode and device tell whether what is found
 * on one is the file. Mounts of other types are not touched: a dead network file system would stand in the way for ever.
 */
final class Candidates implements AutoCloseable {
    private static final OpenFlags LOOK = OpenFlags.PATH.with(OpenFlags.NOFOLLOW);

    private final List<CandidateMount> mounts = new ArrayList<>();

    private Candidates() {}

    /** Those among {@code seen} for {@code file}, which {@code descriptor} refers to. */
    static Candidates of(Fd descriptor, OpenFile file, Mounts seen) {
        Candidates candidates = new Candidates();
        DeviceNumber device = file.status().inode().device();
        for (MountEntry entry : seen.entries()) {
            if (entry.device().equals(device)) {
                candidates.add(entry);
            }
        }
        String type = candidates.mounts.isEmpty() ? typeOfManyDevices(descriptor) : null;
        for (MountEntry entry : seen.entries()) {
            if (type != null && (entry.type().equals(type) || entry.type().startsWith(type + "."))) {
                candidates.add(entry);
            }
        }
        return candidates;
    }

    /** The type of a file system whose files may show other devices than its mounts; null for all others. */
    private static String typeOfManyDevices(Fd file) {
        return switch (FileSystemCalls.magic(file)) {
            case 0x9123683e -> "btrfs";
            case 0x794c7630 -> "overlay";
            case 0x65735546 -> "fuse";
            default -> null;
        };
    }

    /** Mounts that are covered by others, or cannot be copied, do not help. */
    private void add(MountEntry entry) {
        if (entry.tags().contains("unbindable")) {
            return;
        }
        Fd directory = open(entry);
        if (directory == null) {
            return;
        }
        int place = 0;
        while (place < mounts.size() && mounts.get(place).entry().root().length() <= entry.root().length()) {
            place++;
        }
        mounts.add(place, new CandidateMount(entry, directory));
    }

    private static Fd open(MountEntry entry) {
        Fd directory = null;
        boolean good = false;
        try {
            directory = FileCalls.open(entry.mountPoint(), LOOK, 0);
            FileStatus status = FileCalls.status(directory);
            good = status.mountId() == entry.id() && status.type() == FileType.DIRECTORY;
            return good ? directory : null;
        } catch (KernelException e) {
            return null;
        } finally {
            if (!good && directory != null) {
                directory.close();
            }
        }
    }

    List<CandidateMount> mounts() {
        return mounts;
    }

    @Override
    public void close() {
        for (CandidateMount mount : mounts) {
            mount.directory().close();
        }
        mounts.clear();
    }
}
