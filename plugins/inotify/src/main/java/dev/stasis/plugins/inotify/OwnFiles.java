package dev.stasis.plugins.inotify;

import dev.stasis.linux.DeviceNumber;
import dev.stasis.linux.Fd;
import dev.stasis.linux.InodeId;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.HandleMount;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.proc.FanotifyMark;
import dev.stasis.linux.proc.MountEntry;
import dev.stasis.linux.proc.Mounts;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.spi.ClaimContext;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * What this tool itself opens and reads while the tree stands still: its image directory and the files that it makes there, its
 * log, its plugins, its installation and that of Java. A group of the tree that is to permit that would be asked, and nobody
 * would answer. What is looked at here is looked at through its path alone, of which nobody is asked. In doubt it counts as guarded.
 */
final class OwnFiles {
    private static final int ON_CHILD = 0x08000000;
    private static final int ON_DIRECTORIES = 0x40000000;
    private static final String[] INSTALLATIONS = {"stasis.home", "java.home"};

    private final Mounts mounts;
    /** Those of the tree, of which this process has descriptors too. */
    private final Set<InodeId> ofTree = new HashSet<>();

    /** Beside the tree that {@code context} is about. */
    OwnFiles(ClaimContext context, Mounts mounts) {
        this.mounts = mounts;
        for (int i = 0; i < context.files().size(); i++) {
            ofTree.add(context.files().get(i).status().inode());
        }
    }

    /** What of it {@code mark}, of an inode, guards; empty when nothing. */
    Optional<UnixPath> by(FanotifyMark mark) {
        if (mark.type() != FanotifyMark.Type.INODE || (mark.mask() & Mark.PERMISSION) == 0) {
            return Optional.empty();
        }
        for (int number : ProcFile.descriptors(ProcessCalls.self())) {
            UnixPath link = UnixPath.of("/proc/self/fd/" + number);
            Optional<UnixPath> open = target(link);
            if (open.isPresent() && isGuarded(link, open.get(), mark)) {
                return open;
            }
        }
        Optional<UnixPath> mapped = mapped(mark);
        return mapped.isPresent() ? mapped : installed(mark);
    }

    private static Optional<UnixPath> target(UnixPath link) {
        try {
            UnixPath target = FileCalls.readLink(link);
            return target.isAbsolute() ? Optional.of(target) : Optional.empty();
        } catch (KernelException e) {
            return Optional.empty(); // closed meanwhile
        }
    }

    private boolean isGuarded(UnixPath link, UnixPath path, FanotifyMark mark) {
        Optional<FileStatus> status = status(link);
        if (status.isEmpty() || ofTree.contains(status.get().inode())) {
            return false;
        }
        boolean ofDirectories = (mark.mask() & ON_DIRECTORIES) != 0;
        return switch (status.get().type()) {
            case REGULAR -> isOn(status.get(), mark) || isOnParent(path, mark);
            case DIRECTORY -> (ofDirectories || (mark.mask() & ON_CHILD) != 0) && isOn(status.get(), mark)
                    || ofDirectories && isOnParent(path, mark);
            default -> false; // the kernel asks nobody
        };
    }

    private boolean isOnParent(UnixPath path, FanotifyMark mark) {
        if ((mark.mask() & ON_CHILD) == 0) {
            return false;
        }
        Optional<FileStatus> parent = status(path.parent());
        return parent.isPresent() && isOn(parent.get(), mark);
    }

    private boolean isOn(FileStatus status, FanotifyMark mark) {
        return status.inode().number() == mark.inode()
                && (status.inode().device().equals(mark.device()) || mark.device().equals(superBlock(status)));
    }

    /** What marks are shown with, where subvolumes have device numbers of their own. */
    private DeviceNumber superBlock(FileStatus status) {
        return mounts.byId(status.mountId()).map(MountEntry::device).orElse(null);
    }

    private static Optional<FileStatus> status(UnixPath path) {
        try (Fd file = FileCalls.open(path, OpenFlags.PATH, 0)) {
            return Optional.of(FileCalls.status(file));
        } catch (KernelException e) {
            return Optional.empty();
        }
    }

    private Optional<UnixPath> mapped(FanotifyMark mark) {
        String[] lines = new String(ProcFile.maps(ProcessCalls.self()), StandardCharsets.ISO_8859_1).split("\n");
        Set<String> seen = new HashSet<>();
        for (String line : lines) {
            int start = line.indexOf(" /");
            if (start > 0 && seen.add(line.substring(start + 1))) {
                UnixPath path = UnixPath.of(line.substring(start + 1).getBytes(StandardCharsets.ISO_8859_1));
                if (isGuarded(path, path, mark)) {
                    return Optional.of(path);
                }
            }
        }
        return Optional.empty();
    }

    /** What is installed, be it in use by now or not. */
    private Optional<UnixPath> installed(FanotifyMark mark) {
        for (String name : INSTALLATIONS) {
            String home = System.getProperty(name);
            if (home != null && mark.handle() != null) {
                Optional<UnixPath> found = below(UnixPath.of(home), mark);
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    private Optional<UnixPath> below(UnixPath home, FanotifyMark mark) {
        try (Fd root = FileCalls.open(home, OpenFlags.PATH, 0)) {
            FileStatus status = FileCalls.status(root);
            if (!mark.device().equals(status.inode().device()) && !mark.device().equals(superBlock(status))) {
                return Optional.empty();
            }
            try (HandleMount door = HandleMount.enter(root); Fd marked = door.tryFind(mark.handle()).orElse(null)) {
                String path = marked == null ? "" : pathOf(marked).toString();
                String top = pathOf(root).toString();
                return path.equals(top) || path.startsWith(top + "/") ? Optional.of(UnixPath.of(path)) : Optional.empty();
            }
        } catch (KernelException e) {
            return Optional.empty(); // no handles there: what is in use was found without
        }
    }

    private static UnixPath pathOf(Fd file) {
        return FileCalls.readLink(UnixPath.of("/proc/self/fd/" + file.number()));
    }
}
