package dev.stasis.plugins.detachedmounts;

import com.google.protobuf.ByteString;
import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.InodeId;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.AttributeCalls;
import dev.stasis.linux.fs.ContentCalls;
import dev.stasis.linux.fs.DirectoryCalls;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.FileSystemCalls;
import dev.stasis.linux.fs.FileType;
import dev.stasis.linux.fs.NameCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.fs.Timestamp;
import dev.stasis.plugins.detachedmounts.proto.kept_attribute;
import dev.stasis.plugins.detachedmounts.proto.kept_extent;
import dev.stasis.plugins.detachedmounts.proto.kept_file_entry;
import dev.stasis.plugins.detachedmounts.proto.kept_time;
import dev.stasis.plugins.detachedmounts.proto.kept_tree_entry;
import dev.stasis.linux.notify.UnnoticedOpens;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/** Gathers files, each inode once however many names it has, and writes them to an image file. */
final class TreeWriter implements AutoCloseable {
    private static final OpenFlags LOOK = OpenFlags.PATH.with(OpenFlags.NOFOLLOW);
    private static final OpenFlags READ = OpenFlags.RDONLY.with(OpenFlags.NOATIME).with(OpenFlags.NONBLOCK);
    private static final OpenFlags LIST = READ.with(OpenFlags.DIRECTORY);
    private static final OpenFlags UP = OpenFlags.PATH.with(OpenFlags.DIRECTORY);
    private static final int DIRECTORY = 0040755;

    private final Fd image;
    private final UnnoticedOpens unnoticed;
    private final kept_tree_entry.Builder tree = kept_tree_entry.newBuilder();
    private final List<Fd> regular = new ArrayList<>();
    private final List<kept_file_entry> regularEntries = new ArrayList<>();
    private final Map<InodeId, Integer> known = new HashMap<>();
    private final Set<UnixPath> directories = new HashSet<>();
    private long bytes;

    /** Writes to {@code image}, and opens what it reads by {@code unnoticed} if that is not null; both are borrowed. */
    TreeWriter(Fd image, UnnoticedOpens unnoticed) {
        this.image = image;
        this.unnoticed = unnoticed;
    }

    /** Adds all of the mount of {@code directory}: from its root, to which ".." leads, downwards. */
    void addAll(Fd directory) {
        Fd root = FileCalls.openAt(directory, UnixPath.of("."), UP, 0);
        try {
            Fd above = FileCalls.openAt(root, UnixPath.of(".."), UP, 0);
            while (!FileCalls.status(above).inode().equals(FileCalls.status(root).inode())) {
                root.close();
                root = above;
                above = FileCalls.openAt(root, UnixPath.of(".."), UP, 0);
            }
            above.close();
            tree.setSize(FileSystemCalls.totalBytes(root));
            addBelow(UnixPath.of(""), root);
        } finally {
            root.close();
        }
    }

    private void addBelow(UnixPath path, Fd file) {
        put(path, file);
        if (FileCalls.status(file).type() != FileType.DIRECTORY) {
            return;
        }
        List<UnixPath> names;
        try (Fd list = open(file, LIST)) {
            names = DirectoryCalls.list(list);
        }
        for (int i = 0; i < names.size(); i++) {
            try (Fd entry = FileCalls.openAt(file, names.get(i), LOOK, 0)) {
                addBelow(path.length() == 0 ? names.get(i) : path.resolve(names.get(i)), entry);
            }
        }
    }

    /** Adds the one file behind {@code descriptor}, whose path below the root is {@code link}, with the directories above it. */
    void add(UnixPath link, Fd descriptor) {
        tree.setSize(FileSystemCalls.totalBytes(descriptor));
        UnixPath path = link.dropFirst(1);
        addDirectories(path.length() == 0 ? path : path.parent());
        put(path, descriptor);
    }

    /** Nothing is known of directories that are not open but their names. */
    private void addDirectories(UnixPath path) {
        if (path.length() == 0 || path.equals(UnixPath.of(".")) || !directories.add(path)) {
            return;
        }
        addDirectories(path.parent());
        tree.addFiles(kept_file_entry.newBuilder().setPath(ByteString.copyFrom(path.bytes())).setMode(DIRECTORY));
    }

    private void put(UnixPath path, Fd file) {
        FileStatus status = FileCalls.status(file);
        kept_file_entry.Builder entry = kept_file_entry.newBuilder().setPath(ByteString.copyFrom(path.bytes()));
        Integer same = known.putIfAbsent(status.inode(), tree.getFilesCount());
        if (same != null) {
            if (!tree.getFiles(same).getPath().equals(entry.getPath())) {
                tree.addFiles(entry.setSameAs(same));
            }
            return;
        }
        describe(status, file, entry);
        tree.addFiles(entry);
        if (status.type() == FileType.REGULAR) {
            addContents(file, status, entry);
        }
    }

    private static void describe(FileStatus status, Fd file, kept_file_entry.Builder entry) {
        entry.setMode(status.mode()).setUid(status.uid()).setGid(status.gid()).setRdev(status.represents().kernelEncoding())
                .setSize(status.size()).setAccessed(time(status.accessed())).setModified(time(status.modified()));
        if (status.type() == FileType.SYMLINK) {
            entry.setTarget(ByteString.copyFrom(NameCalls.target(file).bytes()));
        }
        List<UnixPath> names = AttributeCalls.names(file);
        for (int i = 0; i < names.size(); i++) {
            entry.addAttributes(kept_attribute.newBuilder()
                    .setName(ByteString.copyFrom(names.get(i).bytes()))
                    .setValue(ByteString.copyFrom(AttributeCalls.value(file, names.get(i)))));
        }
    }

    private static kept_time time(Timestamp time) {
        return kept_time.newBuilder().setSeconds(time.seconds()).setNanoseconds(time.nanoseconds()).build();
    }

    private void addContents(Fd file, FileStatus status, kept_file_entry.Builder entry) {
        Fd source = open(file, READ);
        regular.add(source);
        OptionalLong data = status.size() == 0 ? OptionalLong.empty() : nextData(source, 0);
        while (data.isPresent() && data.getAsLong() < status.size()) {
            long end = Math.min(status.size(), ContentCalls.nextHole(source, data.getAsLong()));
            entry.addExtents(kept_extent.newBuilder().setOffset(data.getAsLong()).setLength(end - data.getAsLong()));
            bytes += end - data.getAsLong();
            data = end < status.size() ? nextData(source, end) : OptionalLong.empty();
        }
        tree.setFiles(tree.getFilesCount() - 1, entry);
        regularEntries.add(entry.build());
    }

    private Fd open(Fd file, OpenFlags flags) {
        Fd opened = unnoticed == null ? null : unnoticed.tryOpen(file).orElse(null);
        return opened != null ? opened : FileCalls.open(UnixPath.of("/proc/self/fd/" + file.number()), flags, 0);
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

    /** Writes what was added. */
    void write() {
        long free = FileSystemCalls.freeBytes(image);
        if (bytes > free) {
            throw new StasisException(new Problem(DetachedMountsErrorCode.NO_SPACE, "the files of a detached mount", "they take "
                    + bytes + " bytes and the image's file system has " + free + " left (ENOSPC)", "put the image elsewhere"));
        }
        long place = KeptTree.writeHead(image, tree.build());
        for (int i = 0; i < regular.size(); i++) {
            kept_file_entry entry = regularEntries.get(i);
            for (int j = 0; j < entry.getExtentsCount(); j++) {
                kept_extent extent = entry.getExtents(j);
                ContentCalls.copy(regular.get(i), extent.getOffset(), image, place, extent.getLength());
                place = KeptTree.aligned(place + extent.getLength());
            }
        }
    }

    @Override
    public void close() {
        for (int i = 0; i < regular.size(); i++) {
            regular.get(i).close();
        }
        regular.clear();
    }
}
