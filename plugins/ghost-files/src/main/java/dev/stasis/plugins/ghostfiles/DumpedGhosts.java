package dev.stasis.plugins.ghostfiles;

import com.google.protobuf.ByteString;
import dev.stasis.linux.Fd;
import dev.stasis.linux.InodeId;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.AttributeCalls;
import dev.stasis.linux.fs.Extent;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileHandle;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.FileType;
import dev.stasis.linux.fs.HandleCalls;
import dev.stasis.linux.fs.NameCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.fs.Timestamp;
import dev.stasis.plugins.ghostfiles.proto.ghost_attribute;
import dev.stasis.plugins.ghostfiles.proto.ghost_extent;
import dev.stasis.plugins.ghostfiles.proto.ghost_handle;
import dev.stasis.plugins.ghostfiles.proto.ghost_inode_entry;
import dev.stasis.plugins.ghostfiles.proto.ghost_time;
import dev.stasis.spi.DumpContext;
import dev.stasis.spi.OpenFile;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Writes each inode that lost a name once, however many open files and names of it there are. */
final class DumpedGhosts {
    private static final OpenFlags READ = OpenFlags.RDONLY.with(OpenFlags.NOATIME).with(OpenFlags.NONBLOCK);

    private final Map<InodeId, Written> written = new HashMap<>();
    private List<OpenFile> dump;
    private GhostPack pack;
    /** Null when all is kept in the image. */
    private KeptFiles kept;

    /**
     * An inode in the image.
     *
     * @param id its number
     * @param place where its entry starts
     */
    record Written(int id, long place) {}

    /** The inode of {@code file}; written now if it was not. */
    Written of(OpenFile file, DumpContext context) {
        if (dump != context.files()) {
            written.clear();
            dump = context.files();
            pack = context.own(new GhostPack(context.image().create(GhostImage.NAME)));
            kept = GhostPlacement.of(context.options()) == GhostPlacement.RELINK ? context.own(new KeptFiles(context)) : null;
        }
        Written known = written.get(file.status().inode());
        if (known == null) {
            known = new Written(written.size() + 1, write(file, context.descriptor(file), context));
            written.put(file.status().inode(), known);
        }
        return known;
    }

    private long write(OpenFile file, Fd descriptor, DumpContext context) {
        FileStatus status = file.status();
        ghost_inode_entry.Builder entry = head(status);
        if (GhostRemap.isAlive(file)) {
            Optional<FileHandle> handle = HandleCalls.tryHandle(descriptor);
            if (OtherName.isFound(file, handle, context.base(file), GhostRemap.nameOf(file))) {
                return pack.add(alive(entry, handle), null);
            }
            Optional<KeptFile> linked = kept == null ? Optional.empty() : kept.tryLink(file, descriptor);
            if (linked.isPresent()) {
                return pack.add(alive(entry.setKept(linked.get().entry()), handle), null);
            }
            context.log().warn(file + " has another name, which is not found: it is kept by itself, and what is written to it after a"
                    + " restore is not seen under that name");
        }
        addAttributes(descriptor, entry);
        if (status.type() == FileType.SYMLINK) {
            entry.setSymlnkTarget(ByteString.copyFrom(NameCalls.target(descriptor).bytes()));
        }
        if (status.type() != FileType.REGULAR && status.type() != FileType.DIRECTORY) {
            return pack.add(entry.build(), null);
        }
        // Opened once more: the descriptor at hand may not allow reading, and has a position that is not ours.
        try (Fd source = FileCalls.open(UnixPath.of("/proc/self/fd/" + descriptor.number()), READ, 0)) {
            return writeContents(file, source, entry, context);
        }
    }

    private long writeContents(OpenFile file, Fd source, ghost_inode_entry.Builder entry, DumpContext context) {
        OptionalInt flags = AttributeCalls.tryFlags(source);
        if (flags.isPresent()) {
            entry.setInodeFlags(flags.getAsInt());
        }
        if (file.status().type() == FileType.REGULAR && !isKeptInPlace(file, source, entry, context)) {
            List<Extent> extents = Extent.of(source, file.status().size());
            for (int i = 0; i < extents.size(); i++) {
                entry.addExtents(ghost_extent.newBuilder().setOffset(extents.get(i).offset()).setLength(extents.get(i).length()));
            }
        }
        return pack.add(entry.build(), source);
    }

    private static ghost_inode_entry.Builder head(FileStatus status) {
        return ghost_inode_entry.newBuilder()
                .setUid(status.uid())
                .setGid(status.gid())
                .setMode(status.mode())
                .setDev(status.inode().device().kernelEncoding())
                .setIno(status.inode().number())
                .setRdev(status.represents().kernelEncoding())
                .setSize(status.size())
                .setAccessed(time(status.accessed()))
                .setModified(time(status.modified()));
    }

    private static ghost_time time(Timestamp time) {
        return ghost_time.newBuilder().setSeconds(time.seconds()).setNanoseconds(time.nanoseconds()).build();
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

    private static void addAttributes(Fd file, ghost_inode_entry.Builder entry) {
        List<UnixPath> names = AttributeCalls.names(file);
        for (int i = 0; i < names.size(); i++) {
            entry.addAttributes(ghost_attribute.newBuilder()
                    .setName(ByteString.copyFrom(names.get(i).bytes()))
                    .setValue(ByteString.copyFrom(AttributeCalls.value(file, names.get(i)))));
        }
    }
}
