package dev.stasis.plugins.memfds;

import com.google.protobuf.ByteString;
import dev.stasis.linux.Fd;
import dev.stasis.linux.InodeId;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.ContentCalls;
import dev.stasis.linux.fs.Extent;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.MemfdCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.plugins.memfds.proto.extent;
import dev.stasis.plugins.memfds.proto.memfd_inode_entry;
import dev.stasis.spi.DumpContext;
import dev.stasis.spi.OpenFile;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Writes each memfd of a dump once, whoever opened it. */
final class DumpedMemfds {
    private final Map<InodeId, Integer> ids = new HashMap<>();
    private DumpContext dump;

    /** The number in the image of the memfd behind {@code file}, which is called {@code name}; written now if it was not. */
    int idOf(OpenFile file, UnixPath name, DumpContext context) {
        if (dump != context) {
            ids.clear();
            dump = context;
        }
        Integer known = ids.get(file.status().inode());
        if (known != null) {
            return known;
        }
        int id = ids.size() + 1;
        ids.put(file.status().inode(), id);
        // Opened once more, because the descriptor at hand may not allow reading, and has a position that is not ours.
        UnixPath link = UnixPath.of("/proc/self/fd/" + context.descriptor(file).number());
        try (Fd memfd = FileCalls.open(link, OpenFlags.RDONLY, 0); Fd image = context.image().create(MemfdImage.name(id))) {
            write(memfd, name, id, image);
        }
        return id;
    }

    private static void write(Fd memfd, UnixPath name, int id, Fd image) {
        FileStatus status = FileCalls.status(memfd);
        memfd_inode_entry.Builder entry = memfd_inode_entry.newBuilder()
                .setName(ByteString.copyFrom(name.bytes()))
                .setUid(status.uid())
                .setGid(status.gid())
                .setSize(status.size())
                .setShmid(id)
                .setSeals(MemfdCalls.seals(memfd))
                .setInodeId(id)
                .setMode(status.permissions());
        addExtents(memfd, status.size(), entry);
        MemfdImage.writeHead(image, entry.build());
        for (int i = 0; i < entry.getExtentsCount(); i++) {
            ContentCalls.copy(memfd, entry.getExtents(i).getOffset(), image, entry.getExtents(i).getLength());
        }
    }

    private static void addExtents(Fd memfd, long size, memfd_inode_entry.Builder entry) {
        List<Extent> extents = Extent.of(memfd, size);
        for (int i = 0; i < extents.size(); i++) {
            entry.addExtents(extent.newBuilder().setOffset(extents.get(i).offset()).setLength(extents.get(i).length()));
        }
    }
}
