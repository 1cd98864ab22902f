package dev.stasis.plugins.inotify;

import dev.stasis.linux.DeviceNumber;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.fs.FileSystemCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.notify.InotifyCalls;
import dev.stasis.linux.notify.InotifyEvent;
import dev.stasis.linux.notify.WatchDescriptor;
import dev.stasis.linux.proc.MountEntry;
import dev.stasis.spi.DumpContext;
import dev.stasis.spi.OpenFile;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The files without a name that are read while the tree stands still, so that a watch would tell of it. The tool opens them so
 * that nobody notices where it can; an instance of our own on them sees whether it could.
 */
final class ReadGhosts implements AutoCloseable {
    private static final int OVERLAY = 0x794c7630;

    /** Null before anything is to be seen. */
    private Fd instance;
    private final Map<WatchDescriptor, Long> inodes = new HashMap<>();
    private final Set<Long> read = new HashSet<>();
    /** Those on which files that lost a name are open. */
    private final Set<DeviceNumber> overlays = new HashSet<>();

    /** Begins to watch those of {@code files} that have no name, if any of {@code watched}, inode numbers, tells of reading. */
    static ReadGhosts of(List<OpenFile> files, Set<Long> watched, DumpContext context) {
        ReadGhosts ghosts = context.own(new ReadGhosts());
        for (int i = 0; i < files.size() && !watched.isEmpty(); i++) {
            if (OwnReads.isUnlinked(files.get(i))) {
                ghosts.watch(context.descriptor(files.get(i)), files.get(i).status().inode().number());
            }
            if (OwnReads.lostItsName(files.get(i)) && files.get(i).hasDescriptor()) {
                ghosts.noteOverlay(files.get(i), context.descriptor(files.get(i)));
            }
        }
        return ghosts;
    }

    private void watch(Fd file, long inode) {
        try {
            if (instance == null) {
                instance = InotifyCalls.create(OpenFlags.NONBLOCK);
            }
            inodes.put(InotifyCalls.watch(instance, file, Namesakes.READING), inode);
        } catch (KernelException e) {
            read.add(inode); // nobody can tell, so nobody may rely on its not being read
        }
    }

    private void noteOverlay(OpenFile file, Fd descriptor) {
        if (FileSystemCalls.magic(descriptor) == OVERLAY) {
            Optional<MountEntry> mount = DumpedGroups.mounts().byId(file.status().mountId());
            overlays.add(mount.isPresent() ? mount.get().device() : file.status().inode().device());
        }
    }

    /**
     * Whether something on {@code device} may be in a layer of an overlay where such files are read, and directories for other names of
     * them: the kernel opens those of the layers itself, which can be heard there whatever one does.
     */
    boolean mayReadLayers(DeviceNumber device) {
        return !overlays.isEmpty() && !(overlays.size() == 1 && overlays.contains(device));
    }

    /** The numbers of the inodes that were read by now, or may have been. */
    Set<Long> inodes() {
        List<InotifyEvent> events = instance == null ? List.of() : LiveQueue.drain(instance);
        for (int i = 0; i < events.size(); i++) {
            if (events.get(i).isOverflow()) {
                read.addAll(inodes.values());
            } else {
                read.add(inodes.get(events.get(i).watch()));
            }
        }
        return read;
    }

    @Override
    public void close() {
        if (instance != null) {
            instance.close();
            instance = null;
        }
    }
}
