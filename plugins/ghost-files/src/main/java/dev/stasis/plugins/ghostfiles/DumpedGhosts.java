package dev.stasis.plugins.ghostfiles;

import com.google.protobuf.ByteString;
import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.InodeId;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.AttributeCalls;
import dev.stasis.linux.fs.ContentCalls;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileHandle;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.FileSystemCalls;
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
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Writes each inode that lost a name once, however many open files and names of it there are. */
final class DumpedGhosts {
    private static final OpenFlags READ = OpenFlags.RDONLY.with(OpenFlags.NOATIME).with(OpenFlags.NONBLOCK);

    private final Map<InodeId, Integer> ids = new HashMap<>();
    private List<OpenFile> dump;

    /** The number in the image of the inode of {@code file}; written now if it was not. */
    int idOf(OpenFile file, DumpContext context) {
        if (dump != context.files()) {
            ids.clear();
            dump = context.files();
        }
        Integer known = ids.get(file.status().inode());
        if (known != null) {
            return known;
        }
        int id = ids.size() + 1;
        ids.put(file.status().inode(), id);
        try (Fd image = context.image().create(GhostImage.name(id))) {
            write(file, context.descriptor(file), image);
        }
        return id;
    }

    private static void write(OpenFile file, Fd descriptor, Fd image) {
        FileStatus status = file.status();
        ghost_inode_entry.Builder entry = head(status);
        if (GhostRemap.isAlive(file)) {
            entry.setAlive(true);
            addHandle(descriptor, entry);
            GhostImage.writeHead(image, entry.build());
            return;
        }
        addAttributes(descriptor, entry);
        if (status.type() == FileType.SYMLINK) {
            entry.setSymlnkTarget(ByteString.copyFrom(NameCalls.target(descriptor).bytes()));
        }
        if (status.type() != FileType.REGULAR && status.type() != FileType.DIRECTORY) {
            GhostImage.writeHead(image, entry.build());
            return;
        }
        // Opened once more: the descriptor at hand may not allow reading, and has a position that is not ours.
        try (Fd source = FileCalls.open(UnixPath.of("/proc/self/fd/" + descriptor.number()), READ, 0)) {
            writeContents(file, source, entry, image);
        }
    }

    private static void writeContents(OpenFile file, Fd source, ghost_inode_entry.Builder entry, Fd image) {
        OptionalInt flags = AttributeCalls.tryFlags(source);
        if (flags.isPresent()) {
            entry.setInodeFlags(flags.getAsInt());
        }
        if (file.status().type() == FileType.REGULAR) {
            addExtents(source, file.status().size(), entry);
            requireSpace(file, bytes(entry), image);
        }
        long place = GhostImage.writeHead(image, entry.build());
        for (int i = 0; i < entry.getExtentsCount(); i++) {
            ghost_extent extent = entry.getExtents(i);
            ContentCalls.copy(source, extent.getOffset(), image, place, extent.getLength());
            place = GhostImage.aligned(place + extent.getLength());
        }
    }

    private static void requireSpace(OpenFile file, long needed, Fd image) {
        long free = FileSystemCalls.freeBytes(image);
        if (needed > free) {
            throw new StasisException(new Problem(GhostFilesErrorCode.NO_SPACE, file.toString(), "its contents take " + needed
                    + " bytes and the image's file system has " + free + " left (ENOSPC)", "put the image elsewhere"));
        }
    }

    private static long bytes(ghost_inode_entry.Builder entry) {
        long bytes = 0;
        for (int i = 0; i < entry.getExtentsCount(); i++) {
            bytes += entry.getExtents(i).getLength();
        }
        return bytes;
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

    private static void addHandle(Fd file, ghost_inode_entry.Builder entry) {
        Optional<FileHandle> handle = HandleCalls.tryHandle(file);
        if (handle.isPresent()) {
            entry.setHandle(ghost_handle.newBuilder()
                    .setType(handle.get().type())
                    .setValue(ByteString.copyFrom(handle.get().bytes())));
        }
    }

    private static void addAttributes(Fd file, ghost_inode_entry.Builder entry) {
        List<UnixPath> names = AttributeCalls.names(file);
        for (int i = 0; i < names.size(); i++) {
            entry.addAttributes(ghost_attribute.newBuilder()
                    .setName(ByteString.copyFrom(names.get(i).bytes()))
                    .setValue(ByteString.copyFrom(AttributeCalls.value(file, names.get(i)))));
        }
    }

    private static void addExtents(Fd source, long size, ghost_inode_entry.Builder entry) {
        OptionalLong data = size == 0 ? OptionalLong.empty() : nextData(source, 0);
        while (data.isPresent() && data.getAsLong() < size) {
            long end = Math.min(size, ContentCalls.nextHole(source, data.getAsLong()));
            entry.addExtents(ghost_extent.newBuilder().setOffset(data.getAsLong()).setLength(end - data.getAsLong()));
            data = end < size ? nextData(source, end) : OptionalLong.empty();
        }
    }

    private static OptionalLong nextData(Fd source, long offset) {
        try {
            return ContentCalls.nextData(source, offset);
        } catch (KernelException e) {
            if (e.is(Errno.EINVAL)) {
                return OptionalLong.of(offset); // a file system that does not tell of holes
            }
            throw e;
        }
    }
}
