package dev.stasis.plugins.inotify;

import dev.stasis.linux.InodeId;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileType;
import dev.stasis.linux.notify.EventMask;
import dev.stasis.linux.notify.InotifyEvent;
import dev.stasis.linux.notify.WatchDescriptor;
import dev.stasis.spi.OpenFile;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the tool itself does to what is watched while the tree stands still: where it cannot do so unnoticed, it opens and reads
 * each file that has no name any more, once, and it looks into FIFOs. The directory that such a file was in is told of it too, with the name it had. Others may
 * do the same to another file that has the name now; then nobody can tell whose an event is, only that there are too many.
 */
final class OwnReads implements OwnEvents {
    private static final EventMask OF_READING = EventMask.OPEN.with(EventMask.ACCESS).with(EventMask.CLOSE_NOWRITE);
    private static final String DELETED = " (deleted)";

    private final Set<WatchDescriptor> read = new HashSet<>();
    private final Set<WatchDescriptor> pipes = new HashSet<>();
    /** How many files without a name had each name. */
    private final Map<UnixPath, Integer> names = new HashMap<>();
    private final Set<UnixPath> pipeNames = new HashSet<>();
    private final Map<InotifyEvent, Integer> seen = new HashMap<>();
    private final Set<UnixPath> found = new HashSet<>();
    /** The watches that may be in a layer of an overlay in which files are read. */
    private final Set<WatchDescriptor> inLayers = new HashSet<>();
    private boolean ambiguous;

    /** Of the open {@code files} of a tree, those without a name that {@code ghosts} saw read, as {@code watches} would tell of them. */
    OwnReads(List<Watch> watches, List<OpenFile> files, ReadGhosts ghosts) {
        Set<Long> readInodes = ghosts.inodes();
        Set<Long> pipeInodes = new HashSet<>();
        Set<InodeId> known = new HashSet<>();
        for (int i = 0; i < files.size(); i++) {
            OpenFile file = files.get(i);
            if (file.link().isAbsolute() && file.status().type() == FileType.FIFO) {
                pipeInodes.add(file.status().inode().number());
                pipeNames.add((file.link().endsWith(DELETED) ? nameOf(file) : file.link()).fileName());
            } else if (isUnlinked(file) && readInodes.contains(file.status().inode().number()) && known.add(file.status().inode())) {
                count(names, nameOf(file).fileName());
            }
        }
        for (int i = 0; i < watches.size(); i++) {
            Watch watch = watches.get(i);
            if (watch.target().unlinked() && readInodes.contains(inode(watch))) {
                read.add(watch.mark().watch());
            }
            if (pipeInodes.contains(watch.mark().inode())) {
                pipes.add(watch.mark().watch());
            }
            if (!watch.target().pseudo() && ghosts.mayReadLayers(watch.mark().device())) {
                inLayers.add(watch.mark().watch());
            }
        }
    }

    private static long inode(Watch watch) {
        return watch.target().inode() == null ? watch.mark().inode() : watch.target().inode().number();
    }

    /** Counts one more of {@code what} and returns how many there are. */
    private static <T> int count(Map<T, Integer> counts, T what) {
        Integer before = counts.get(what);
        int count = before == null ? 1 : before + 1;
        counts.put(what, count);
        return count;
    }

    /** Whether {@code file} had a name and has none any more. */
    static boolean isUnlinked(OpenFile file) {
        return file.status().links() == 0 && file.link().isAbsolute() && file.link().endsWith(DELETED);
    }

    /** Whether {@code file} lost the name by which it was opened; it may have others, and on overlayfs it seems to have this one still. */
    static boolean lostItsName(OpenFile file) {
        return file.link().isAbsolute() && file.link().endsWith(DELETED);
    }

    /** The path that {@code file}, which has none any more, had. */
    static UnixPath nameOf(OpenFile file) {
        return file.link().dropLast(DELETED.length());
    }

    @Override
    public boolean isOne(InotifyEvent event) {
        if (event.mask().has(EventMask.ACCESS) && (pipes.contains(event.watch()) || pipeNames.contains(event.name()))) {
            return true;
        }
        if (event.mask().hasAny(OF_READING) && inLayers.contains(event.watch())) {
            ambiguous = true; // the kernel's, for us, or another's
            return true;
        }
        boolean isNamed = names.containsKey(event.name());
        if (event.mask().hasAny(OF_READING) && isNamed) {
            found.add(event.name());
        }
        if (!event.mask().hasAny(OF_READING) || !(isNamed || read.contains(event.watch()))) {
            return false;
        }
        if (!event.mask().has(EventMask.ACCESS)) {
            int count = count(seen, event);
            ambiguous |= count > (isNamed ? names.get(event.name()) : 1);
        }
        return true;
    }

    /**
     * Whether some may have been of others: more of them were seen than the tool caused, or others did the same to one of
     * {@code touched}, which have the names now.
     */
    boolean isAmbiguous(Set<UnixPath> touched) {
        for (UnixPath name : found) {
            ambiguous |= touched.contains(name);
        }
        return ambiguous;
    }
}
