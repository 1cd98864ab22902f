package dev.stasis.host.model;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.InodeId;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.LongPaths;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.proc.MemoryArea;
import dev.stasis.spi.FileOwner;
import dev.stasis.spi.Holder;
import dev.stasis.spi.OpenFileId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Finds what tasks refer to without a descriptor. Those that refer to one inode through one mount by one name, with equal
 * access, share one open file: nothing tells them apart.
 */
final class PlaceReader {
    private static final OpenFlags DIRECTORY = OpenFlags.PATH.with(OpenFlags.DIRECTORY);
    private static final OpenFlags READ_ONLY = OpenFlags.RDONLY.with(OpenFlags.LARGEFILE);
    private static final OpenFlags READ_WRITE = OpenFlags.RDWR.with(OpenFlags.LARGEFILE);

    // Equality by hand: what the compiler generates for a record starts up method handles, which takes a cold start longer
    // than all the rest of this.

    private record Place(InodeId inode, long mount, OpenFlags flags, UnixPath link) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Place place && mount == place.mount && inode.equals(place.inode)
                    && flags.equals(place.flags) && link.equals(place.link);
        }

        @Override
        public int hashCode() {
            return 31 * inode.hashCode() + link.hashCode();
        }
    }

    private record MappedFile(InodeId inode, UnixPath path, boolean writable) {
        @Override
        public boolean equals(Object other) {
            return other instanceof MappedFile file && writable == file.writable && inode.equals(file.inode)
                    && path.equals(file.path);
        }

        @Override
        public int hashCode() {
            return 31 * inode.hashCode() + path.hashCode();
        }
    }

    private final List<FoundFile> found;
    private final Map<Place, FoundFile> known = new HashMap<>();
    private final Map<Holder, OpenFileId> ids = new HashMap<>();

    PlaceReader(List<FoundFile> found) {
        this.found = found;
    }

    /** Adds current directory, root, program and mapped files of {@code task}. */
    void read(ChainTask task) {
        add(new Holder.CurrentDirectory(task.pid()), DIRECTORY);
        add(new Holder.RootDirectory(task.pid()), DIRECTORY);
        add(new Holder.Executable(task.pid()), READ_ONLY);
        Map<MappedFile, FoundFile> mapped = new HashMap<>();
        for (int i = 0; i < task.areas().size(); i++) {
            MemoryArea area = task.areas().get(i);
            if (area.hasInode() && !area.isSharedAnonymous() && !area.isSystemV()) {
                addMapping(task, area, mapped);
            }
        }
    }

    private void addMapping(ChainTask task, MemoryArea area, Map<MappedFile, FoundFile> mapped) {
        Holder.Mapping holder = new Holder.Mapping(task.pid(), area.start(), area.end());
        boolean writable = area.shared() && (area.allows(MemoryArea.WRITE) || area.has("mw"));
        MappedFile key = new MappedFile(area.inode(), area.path(), writable);
        FoundFile file = mapped.get(key);
        if (file == null) {
            add(holder, writable ? READ_WRITE : READ_ONLY, mapped, key);
        } else {
            held(holder, file);
        }
    }

    private void add(Holder holder, OpenFlags flags, Map<MappedFile, FoundFile> mapped, MappedFile key) {
        FoundFile file = add(holder, flags);
        if (file != null) {
            mapped.put(key, file);
        }
    }

    /** Adds what {@code holder} refers to; null when there is nothing, as for a kernel thread or a task that ends. */
    private FoundFile add(Holder holder, OpenFlags flags) {
        UnixPath procLink = Chain.procLink(holder);
        Optional<FileStatus> status = FileCalls.tryStatus(procLink);
        if (status.isEmpty()) {
            return null;
        }
        UnixPath link = link(procLink);
        Place place = new Place(status.get().inode(), status.get().mountId(), flags, link);
        FoundFile file = known.get(place);
        if (file == null) {
            file = new FoundFile(new OpenFileId(found.size() + 1), status.get(), flags, OptionalLong.empty(), FileOwner.NOBODY,
                    link, null);
            known.put(place, file);
            found.add(file);
        }
        held(holder, file);
        return file;
    }

    private void held(Holder holder, FoundFile file) {
        file.heldBy(holder);
        ids.put(holder, file.id());
    }

    private static UnixPath link(UnixPath procLink) {
        try {
            return FileCalls.readLink(procLink);
        } catch (KernelException e) {
            if (e.is(Errno.ENAMETOOLONG)) {
                return longLink(procLink);
            }
            if (e.is(Errno.ENOENT) || e.is(Errno.ESRCH)) {
                return UnixPath.of("");
            }
            throw e;
        }
    }

    private static UnixPath longLink(UnixPath procLink) {
        try (Fd file = FileCalls.open(procLink, OpenFlags.PATH, 0)) {
            return LongPaths.of(file);
        } catch (KernelException e) {
            // Nothing shows it; whoever needs the path sees that there is none and can say so.
            return UnixPath.of("");
        }
    }

    /** What each holder refers to. */
    Map<Holder, OpenFileId> ids() {
        return ids;
    }
}
