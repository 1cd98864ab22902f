package dev.stasis.plugins.inotify;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.LongPaths;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.notify.EventMask;
import dev.stasis.linux.notify.InotifyCalls;
import dev.stasis.linux.notify.InotifyEvent;
import dev.stasis.linux.notify.WatchDescriptor;
import dev.stasis.spi.DumpContext;
import dev.stasis.spi.OpenFile;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The files that have the names now which files without a name had, as far as their directories are watched. Whoever reads
 * one while the tool reads the other causes the same events as the tool, and the kernel merges those that follow each other:
 * then even their number does not tell whether all are the tool's. So an instance of our own, on these files alone, sees whether
 * anybody does.
 */
final class Namesakes implements AutoCloseable {
    static final EventMask READING = EventMask.OPEN.with(EventMask.ACCESS).with(EventMask.CLOSE_NOWRITE);
    private static final EventMask COMING = EventMask.CREATE.with(EventMask.MOVED_TO).with(EventMask.ONLYDIR)
            .with(EventMask.MASK_ADD);
    private static final OpenFlags UNNOTICED = OpenFlags.PATH.with(OpenFlags.NOFOLLOW);

    /** Null before anything is to be seen. */
    private Fd instance;
    private final Map<WatchDescriptor, UnixPath> names = new HashMap<>();
    private final Set<UnixPath> touched = new HashSet<>();

    /** Begins to watch those of {@code files} of which a directory among {@code watched}, inode numbers, would tell. */
    static Namesakes of(List<OpenFile> files, Set<Long> watched, DumpContext context) {
        Namesakes namesakes = context.own(new Namesakes());
        for (int i = 0; i < files.size() && !watched.isEmpty(); i++) {
            if (OwnReads.isUnlinked(files.get(i))) {
                namesakes.add(OwnReads.nameOf(files.get(i)), context.base(files.get(i)), watched);
            }
        }
        return namesakes;
    }

    /** The numbers of the inodes on which one of {@code watches} tells of reading. */
    static void addWatched(List<Watch> watches, Set<Long> inodes) {
        for (int i = 0; i < watches.size(); i++) {
            if (watches.get(i).mark().mask().hasAny(READING)) {
                inodes.add(watches.get(i).mark().inode());
            }
        }
    }

    private void add(UnixPath path, Fd base, Set<Long> watched) {
        UnixPath name = path.fileName();
        try (Fd directory = LongPaths.open(base, path.parent(), UNNOTICED)) {
            if (watched.contains(FileCalls.status(directory).inode().number())) {
                watch(directory, COMING, null); // first: who makes one now is seen by this, or found next
                try (Fd file = LongPaths.open(directory, name, UNNOTICED)) {
                    watch(file, READING, name);
                }
            }
        } catch (KernelException e) {
            if (!e.is(Errno.ENOENT) && !e.is(Errno.ENOTDIR)) {
                touched.add(name); // whatever it is, nobody may rely on its not being touched
            }
        }
    }

    private void watch(Fd target, EventMask events, UnixPath name) {
        if (instance == null) {
            instance = InotifyCalls.create(OpenFlags.NONBLOCK);
        }
        WatchDescriptor watch = InotifyCalls.watch(instance, target, events);
        if (name != null) {
            names.put(watch, name);
        }
    }

    /** The names under which others may have read something since, or which they gave to something. */
    Set<UnixPath> touched() {
        if (instance != null) {
            List<InotifyEvent> events = LiveQueue.drain(instance);
            for (int i = 0; i < events.size(); i++) {
                InotifyEvent event = events.get(i);
                if (event.isOverflow()) {
                    touched.addAll(names.values());
                }
                touched.add(names.getOrDefault(event.watch(), event.name()));
            }
        }
        return touched;
    }

    @Override
    public void close() {
        if (instance != null) {
            instance.close();
            instance = null;
        }
    }
}
