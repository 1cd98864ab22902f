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
    private final List<OpenFile> files;
    private final Descriptors descriptors;
    private final WatchedInodes inodes;
    private final OwnSearch search;
    private boolean sawAliases;

    /**
     * Will find what may be among {@code files}, which have {@code descriptors} here.
     *
     * @param inodes which tells the inodes of one number apart
     * @param search where this is null what only a search would find is lost
     */
    TargetFinder(List<OpenFile> files, Descriptors descriptors, WatchedInodes inodes, OwnSearch search) {
        this.files = files;
        this.descriptors = descriptors;
        this.inodes = inodes;
        this.search = search;
        for (int i = 0; i < files.size(); i++) {
            OpenFile file = files.get(i);
            openFiles.putIfAbsent(file.status().inode(), file.id());
            if (file.status().links() == 0) {
                unlinked.put(file.status().inode(), file);
            }
        }
    }

    /** Whether something was on a file system where one inode number may stand for several inodes. */
    boolean sawAliases() {
        return sawAliases;
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
        boolean aliasing = mount != null && WatchedInodes.isAliasing(mount.type());
        sawAliases |= aliasing;
        try (HandleMount door = HandleMount.enter(directory)) {
            for (int i = 0; i < marks.size(); i++) {
                if (marks.get(i).device().equals(device)) {
                    targets[i] = byHandle(marks.get(i), door, pseudo, aliasing);
                }
            }
        }
        for (int i = 0; i < marks.size(); i++) {
            if (marks.get(i).device().equals(device) && targets[i] == null) {
                targets[i] = otherwise(marks.get(i), mount, pseudo, aliasing);
            }
        }
    }

    private void findWithoutMount(List<InotifyMark> marks, DeviceNumber device, WatchTarget[] targets) {
        for (int i = 0; i < marks.size(); i++) {
            if (marks.get(i).device().equals(device)) {
                targets[i] = amongOpenFiles(marks.get(i), true);
            }
        }
    }

    private static boolean isPseudo(String type) {
        return type.equals("proc") || type.equals("sysfs") || type.startsWith("cgroup") || type.equals("devpts");
    }

    private WatchTarget byHandle(InotifyMark mark, HandleMount door, boolean pseudo, boolean aliasing) {
        if (mark.handle() == null) {
            return null;
        }
        try {
            Optional<Fd> found = door.tryFind(mark.handle());
            if (found.isEmpty()) {
                return null;
            }
            try (Fd target = found.get()) {
                return aliasing ? exactly(mark, target) : of(target, pseudo);
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

    /** {@code target} may have lost the name that it shows, and another inode with its number may have it, or others. */
    private WatchTarget exactly(InotifyMark mark, Fd target) {
        FileStatus status = FileCalls.status(target);
        UnixPath path = path(target);
        boolean same = status.links() > 0 && path != null && inodes.isOn(mark, target, status) && inodes.isOn(mark, path);
        return same ? new WatchTarget(true, path, status.inode(), null, false, false) : null;
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

    private WatchTarget otherwise(InotifyMark mark, MountEntry mount, boolean pseudo, boolean aliasing) {
        WatchTarget open = amongOpenFiles(mark, aliasing);
        if (open.found() || mount == null) {
            return open;
        }
        UnixPath path = inodes.tryPath(mark, mount);
        if (path == null && search != null) {
            path = new TreeSearch(mark, search, aliasing ? inodes : null).below(mount);
        }
        FileStatus status = path == null ? null : FileCalls.tryLinkStatus(path).orElse(null);
        if (status == null) {
            return aliasing ? amongAllOpenFiles(mark) : WatchTarget.LOST;
        }
        return new WatchTarget(true, path, status.inode(), null, false, pseudo);
    }

    private WatchTarget amongOpenFiles(InotifyMark mark, boolean aliasing) {
        InodeId inode = new InodeId(mark.device(), mark.inode());
        OpenFileId openFile = openFiles.get(inode);
        if (openFile == null) {
            return WatchTarget.LOST;
        }
        if (!aliasing) {
            return new WatchTarget(true, null, inode, openFile, unlinked.containsKey(inode), false);
        }
        for (int i = 0; i < files.size(); i++) {
            if (files.get(i).status().inode().equals(inode) && isOn(mark, files.get(i))) {
                return open(files.get(i));
            }
        }
        return WatchTarget.LOST;
    }

    /** Where a file's number as statx(2) tells it is not the one that the file system counts. */
    private WatchTarget amongAllOpenFiles(InotifyMark mark) {
        for (int i = 0; i < files.size() && inodes.isExact(); i++) {
            if (files.get(i).link().isAbsolute() && isOn(mark, files.get(i))) {
                return open(files.get(i));
            }
        }
        return WatchTarget.LOST;
    }

    private boolean isOn(InotifyMark mark, OpenFile file) {
        Fd descriptor = descriptors.of(file);
        return descriptor != null && inodes.isOn(mark, descriptor, file.status());
    }

    private static WatchTarget open(OpenFile file) {
        return new WatchTarget(true, null, file.status().inode(), file.id(), file.status().links() == 0, false);
    }

    @Override
    public void close() {
        superBlocks.close();
    }
}
