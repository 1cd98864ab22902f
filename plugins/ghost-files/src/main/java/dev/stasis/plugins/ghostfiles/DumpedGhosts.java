package dev.stasis.plugins.ghostfiles;

import com.google.protobuf.ByteString;
import dev.stasis.linux.Fd;
import dev.stasis.linux.InodeId;
import dev.stasis.linux.Pid;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.Extent;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileHandle;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.FileType;
import dev.stasis.linux.fs.HandleCalls;
import dev.stasis.linux.fs.NameCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.notify.UnnoticedOpens;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.plugins.ghostfiles.proto.ghost_handle;
import dev.stasis.plugins.ghostfiles.proto.ghost_inode_entry;
import dev.stasis.spi.DumpContext;
import dev.stasis.spi.Holder;
import dev.stasis.spi.OpenFile;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes each inode that lost a name once, however many open files and names of it there are. */
final class DumpedGhosts {
    private static final OpenFlags READ = OpenFlags.RDONLY.with(OpenFlags.NOATIME).with(OpenFlags.NONBLOCK);

    private static final OpenFlags DIRECTORY = OpenFlags.PATH.with(OpenFlags.DIRECTORY);

    private final Map<InodeId, Written> written = new HashMap<>();
    private List<OpenFile> dump;
    /** Null where nobody watches anything, and where the kernel has none. */
    private UnnoticedOpens unnoticed;
    private GhostPack pack;
    /** The directory below /proc of the descriptors of a task: most are of the same as the one before. */
    private Fd descriptors;
    private Pid taskOfDescriptors;
    private GhostsAhead ahead = GhostsAhead.none();
    private final Linkability linkability = new Linkability();
    /** Null when all is kept in the image. */
    private KeptFiles kept;

    /**
     * An inode in the image.
     *
     * @param id its number
     * @param place where its entry starts
     */
    record Written(int id, long place) {}

    /** What was seen in a first look; nothing until it is set. */
    GhostsAhead ahead() {
        return ahead;
    }

    /** Takes what was seen in a first look. */
    void ahead(GhostsAhead seen) {
        ahead = seen;
    }

    /** The inode of {@code file}; written now if it was not. */
    Written of(OpenFile file, DumpContext context) {
        if (dump != context.files()) {
            written.clear();
            taskOfDescriptors = null;
            dump = context.files();
            unnoticed = FirstLookRules.isWatched(dump) ? UnnoticedOpens.tryBegin().orElse(null) : null;
            if (unnoticed != null) {
                context.own(unnoticed);
            }
            pack = context.own(new GhostPack(context.image().create(GhostImage.NAME)));
            kept = GhostPlacement.of(context.options()) == GhostPlacement.RELINK ? context.own(new KeptFiles(context)) : null;
        }
        Written known = written.get(file.status().inode());
        if (known == null) {
            SeenGhost seen = ahead.unchanged(file, context);
            known = new Written(written.size() + 1,
                    seen != null ? write(file, seen, context) : write(file, context.descriptor(file), context));
            written.put(file.status().inode(), known);
        }
        return known;
    }

    private long write(OpenFile file, Fd descriptor, DumpContext context) {
        FileStatus status = file.status();
        ghost_inode_entry.Builder entry = InodeEntry.of(status);
        if (LostName.isAlive(file)) {
            Optional<FileHandle> handle = HandleCalls.tryHandle(descriptor);
            // Whoever watches directories would see that we look into them.
            Optional<OtherName.Way> way = OtherName.way(file, handle, context.base(file), LostName.of(file),
                    !FirstLookRules.isWatched(context.files()), unnoticed);
            if (way.isPresent()) {
                if (way.get() instanceof OtherName.Way.ByPath path) {
                    entry.setOtherName(ByteString.copyFrom(path.path().bytes()));
                }
                return pack.add(alive(Proof.add(status, entry), handle), null);
            }
            Optional<KeptFile> linked = kept == null ? Optional.empty() : kept.tryLink(file, descriptor);
            if (linked.isPresent()) {
                return pack.add(alive(entry.setKept(linked.get().entry()), handle), null);
            }
            context.log().warn(file + " has another name, which is not found: it is kept by itself, and what is written to it after a"
                    + " restore is not seen under that name");
        }
        InodeEntry.addAttributes(descriptor, entry);
        linkability.add(file, descriptor, entry, context);
        if (status.type() == FileType.SYMLINK) {
            entry.setSymlnkTarget(ByteString.copyFrom(NameCalls.target(descriptor).bytes()));
        }
        if (status.type() != FileType.REGULAR && status.type() != FileType.DIRECTORY) {
            return pack.add(entry.build(), null);
        }
        return writeReadable(file, descriptor, entry, context);
    }

    private long writeReadable(OpenFile file, Fd descriptor, ghost_inode_entry.Builder entry, DumpContext context) {
        try (Fd source = open(descriptor)) {
            if (!entry.hasInodeFlags()) {
                InodeEntry.addFlags(source, entry);
            }
            return writeContents(file, source, entry, context);
        }
    }

    /**
     * Opens it once more: the descriptor at hand may not allow reading, and has a position that is not ours. Where somebody
     * watches something, so that nobody notices, if that is to be had.
     */
    private Fd open(Fd descriptor) {
        Fd source = unnoticed == null ? null : unnoticed.tryOpen(descriptor).orElse(null);
        return source != null ? source : FileCalls.open(UnixPath.of("/proc/self/fd/" + descriptor.number()), READ, 0);
    }

    /** What was seen in a first look and holds still need not be asked for; contents that were copied then not be copied. */
    private long write(OpenFile file, SeenGhost known, DumpContext context) {
        FileStatus now = file.status();
        if (ahead.holdsContents(known, context) && ahead.isIn(context)) {
            return pack.add(known.encoded(now), List.of(), null);
        }
        if (unnoticed != null || known.copied() || known.whole() == null || !SeenGhost.isPage(now)
                || !(file.holders().get(0) instanceof Holder.Descriptor descriptor)) {
            return writeReadable(file, context.descriptor(file), known.bare(now), context);
        }
        // Closed when the dump is over: of thousands, closing takes as long as reading, and the tree need not wait for that.
        Fd source = context.own(FileCalls.openAt(descriptorsOf(descriptor.task(), context),
                UnixPath.of(Integer.toString(descriptor.number())), READ, 0));
        return pack.add(known.encoded(now), known.whole().getExtentsList(), source);
    }

    private Fd descriptorsOf(Pid task, DumpContext context) {
        if (!task.equals(taskOfDescriptors)) {
            descriptors = context.own(FileCalls.open(ProcFile.path(task, "fd"), DIRECTORY, 0));
            taskOfDescriptors = task;
        }
        return descriptors;
    }

    private static List<Extent> extents(FileStatus status, Fd source) {
        return SeenGhost.isPage(status) ? List.of(new Extent(0, status.size())) : Extent.of(source, status.size());
    }

    private long writeContents(OpenFile file, Fd source, ghost_inode_entry.Builder entry, DumpContext context) {
        if (file.status().type() == FileType.REGULAR && !isKeptInPlace(file, source, entry, context)) {
            InodeEntry.addExtents(extents(file.status(), source), entry);
        }
        return pack.add(entry.build(), source);
    }

    private boolean isKeptInPlace(OpenFile file, Fd source, ghost_inode_entry.Builder entry, DumpContext context) {
        if (kept == null || file.status().blocks() * 512 < GhostPlacement.LARGE) {
            return false;
        }
        Optional<KeptFile> clone = kept.tryClone(file, source);
        if (clone.isPresent()) {
            entry.setKept(clone.get().entry());
        } else {
            context.log().warn(file + " is kept in the image: files of its file system cannot share blocks");
        }
        return clone.isPresent();
    }

    private static ghost_inode_entry alive(ghost_inode_entry.Builder entry, Optional<FileHandle> handle) {
        entry.setAlive(true);
        if (handle.isPresent()) {
            entry.setHandle(ghost_handle.newBuilder()
                    .setType(handle.get().type())
                    .setValue(ByteString.copyFrom(handle.get().bytes())));
        }
        return entry.build();
    }
}
