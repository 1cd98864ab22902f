package dev.stasis.plugins.inotify;

import dev.stasis.linux.DeviceNumber;
import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.InodeId;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.HandleMount;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.proc.InotifyMark;
import dev.stasis.linux.proc.MountEntry;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.OpenFileId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds what watches of a living tree are on: by handle on any mount of the file system, else among the tree's open files,
 * else by a search, which alone touches directories. Everything else is done with O_PATH descriptors, which no watch notices.
 */
final class TargetFinder implements AutoCloseable {
    private final SuperBlocks superBlocks = new SuperBlocks();
    private final Map<InodeId, OpenFileId> openFiles = new HashMap<>();
    private final Map<InodeId, OpenFile> unlinked = new HashMap<>();
    private final OwnSearch search;

    /** Will find what may be among {@code files}; where {@code search} is null what only a search would find is lost. */
    TargetFinder(List<OpenFile> files, OwnSearch search) {
        this.search = search;
        for (int i = 0; i < files.size(); i++) {
            OpenFile file = files.get(i);
            openFiles.putIfAbsent(file.status().inode(), file.id());
            if (file.status().links() == 0) {
                unlinked.put(file.status().inode(), file);
            }
        }
    }

    /** Finds what {@code marks}, all of one device, are on; each in its place. */
    void find(List<InotifyMark> marks, DeviceNumber device, WatchTarget[] targets) {
        Fd directory = superBlocks.directory(device);
        if (directory == null) {
            findWithoutMount(marks, device, targets);
            return;
        }
        MountEntry mount = superBlocks.mount(device);
        boolean pseudo = mount != null && isPseudo(mount.type());
        try (HandleMount door = HandleMount.enter(directory)) {
            for (int i = 0; i < marks.size(); i++) {
                if (marks.get(i).device().equals(device)) {
                    targets[i] = byHandle(marks.get(i), door, pseudo);
                }
            }
        }
        for (int i = 0; i < marks.size(); i++) {
            if (marks.get(i).device().equals(device) && targets[i] == null) {
                targets[i] = otherwise(marks.get(i), directory, mount, pseudo);
            }
        }
    }

    private void findWithoutMount(List<InotifyMark> marks, DeviceNumber device, WatchTarget[] targets) {
        for (int i = 0; i < marks.size(); i++) {
            if (marks.get(i).device().equals(device)) {
                targets[i] = amongOpenFiles(marks.get(i));
            }
        }
    }

    private static boolean isPseudo(String type) {
        return type.equals("proc") || type.equals("sysfs") || type.startsWith("cgroup") || type.equals("devpts");
    }

    private WatchTarget byHandle(InotifyMark mark, HandleMount door, boolean pseudo) {
        if (mark.handle() == null) {
            return null;
        }
        try {
            Optional<Fd> found = door.tryFind(mark.handle());
            if (found.isEmpty()) {
                return null;
            }
            try (Fd target = found.get()) {
                return of(target, pseudo);
            }
        } catch (KernelException e) {
            // Handles that only tell inodes apart, made where no call opens them (EINVAL), or no right to (EPERM).
            return null;
        }
    }

    private WatchTarget of(Fd target, boolean pseudo) {
        FileStatus status = FileCalls.status(target);
        OpenFileId openFile = openFiles.get(status.inode());
        boolean gone = status.links() == 0;
        if (gone && openFile == null) {
            return WatchTarget.LOST;
        }
        return new WatchTarget(true, path(target), status.inode(), openFile, gone, pseudo);
    }

    private static UnixPath path(Fd target) {
        try {
            return FileCalls.link(target);
        } catch (KernelException e) {
            if (e.is(Errno.ENAMETOOLONG)) {
                return null;
            }
            throw e;
        }
    }

    private WatchTarget otherwise(InotifyMark mark, Fd directory, MountEntry mount, boolean pseudo) {
        WatchTarget open = amongOpenFiles(mark);
        if (open.found() || search == null || mount == null) {
            return open;
        }
        UnixPath path = new TreeSearch(mark, search).below(mount);
        if (path == null) {
            return WatchTarget.LOST;
        }
        FileStatus status = FileCalls.tryLinkStatus(path).orElse(null);
        return status == null ? WatchTarget.LOST : new WatchTarget(true, path, status.inode(), null, false, pseudo);
    }

    private WatchTarget amongOpenFiles(InotifyMark mark) {
        InodeId inode = new InodeId(mark.device(), mark.inode());
        OpenFileId openFile = openFiles.get(inode);
        return openFile == null ? WatchTarget.LOST
                : new WatchTarget(true, null, inode, openFile, unlinked.containsKey(inode), false);
    }

    @Override
    public void close() {
        superBlocks.close();
    }
}
