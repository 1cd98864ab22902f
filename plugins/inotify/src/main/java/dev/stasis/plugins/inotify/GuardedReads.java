package dev.stasis.plugins.inotify;

import dev.stasis.linux.DeviceNumber;
import dev.stasis.linux.Pid;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileSystemCalls;
import dev.stasis.linux.fs.FileType;
import dev.stasis.linux.proc.FanotifyMark;
import dev.stasis.linux.proc.FanotifyMark.Type;
import dev.stasis.linux.proc.MountEntry;
import dev.stasis.linux.proc.Mounts;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.OpenFile;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a dump opens and reads while the tree stands still: files that have no name any more, what detached mounts hold, and
 * directories where it has to search for what is watched. A fanotify group of the tree that is to permit that would be asked, and
 * nobody would answer: the tool would wait for the tree, and the tree for the tool. In doubt a file counts as guarded.
 */
final class GuardedReads {
    private static final UnixPath INOTIFY = UnixPath.of("anon_inode:inotify");
    private static final int ON_CHILD = 0x08000000;
    private static final int ON_DIRECTORIES = 0x40000000;
    private static final int EXT4 = 0xef53;
    private static final int XFS = 0x58465342;
    private static final int BTRFS = 0x9123683e;
    private static final int TMPFS = 0x01021994;

    private final ClaimContext context;
    private final Map<Pid, Mounts> mounts = new HashMap<>();

    /** Of the tree that {@code context} is about. */
    GuardedReads(ClaimContext context) {
        this.context = context;
    }

    /** What of it {@code mark} guards, such as {@code fd 3 of task 7 (/tmp/a (deleted))}; empty when nothing. */
    Optional<String> by(FanotifyMark mark) {
        if ((mark.mask() & Mark.PERMISSION) == 0) {
            return Optional.empty();
        }
        List<OpenFile> files = context.files();
        for (int i = 0; i < files.size(); i++) {
            OpenFile file = files.get(i);
            if ((mark.mask() & ON_DIRECTORIES) != 0 && file.link().equals(INOTIFY)) {
                return Optional.of("directories, which may have to be searched for what " + file + " watches");
            }
            if (isAsked(file, mark) && isRead(file, mark)) {
                return Optional.of(file.toString());
            }
        }
        return Optional.empty();
    }

    /** Whether the kernel asks about opening a file of its type. */
    private static boolean isAsked(OpenFile file, FanotifyMark mark) {
        FileType type = file.status().type();
        return type == FileType.REGULAR || type == FileType.DIRECTORY && (mark.mask() & ON_DIRECTORIES) != 0;
    }

    private boolean isRead(OpenFile file, FanotifyMark mark) {
        if (mark.type() == Type.MOUNT) {
            return isDeleted(file) && file.status().mountId() == mark.mountId();
        }
        Optional<MountEntry> mount = mountsOf(file.holders().get(0).task()).byId(file.status().mountId());
        if (!isDeleted(file) && mount.isPresent()) {
            return false;
        }
        int magic = FileSystemCalls.magic(context.descriptor(file));
        if (!isOnDevice(mark.device(), file, mount, magic)) {
            return false;
        }
        // What is on a detached mount may lead to all of it; a mark on a directory guards also what had its name there.
        return mark.type() != Type.INODE || mount.isEmpty() || (mark.mask() & ON_CHILD) != 0
                || mark.inode() == file.status().inode().number() || !isPlain(magic) && magic != BTRFS;
    }

    private Mounts mountsOf(Pid task) {
        Mounts known = mounts.get(task);
        if (known == null) {
            known = Mounts.parse(ProcFile.tryRead(task, "mountinfo").orElse(new byte[0]));
            mounts.put(task, known);
        }
        return known;
    }

    private static boolean isDeleted(OpenFile file) {
        return file.status().links() == 0 || file.link().endsWith(" (deleted)") || file.link().fileName().startsWith(".nfs");
    }

    /** Whether {@code file} may be on the file system that the kernel, in marks and mount tables, calls {@code device}. */
    private static boolean isOnDevice(DeviceNumber device, OpenFile file, Optional<MountEntry> mount, int magic) {
        if (isPlain(magic)) {
            return file.status().inode().device().equals(device);
        }
        return mount.isEmpty() || mount.get().device().equals(device);
    }

    /** Whether statx(2) tells of the very device and inode number that marks are shown with; subvolumes and layers have others. */
    private static boolean isPlain(int magic) {
        return magic == EXT4 || magic == XFS || magic == TMPFS;
    }
}
