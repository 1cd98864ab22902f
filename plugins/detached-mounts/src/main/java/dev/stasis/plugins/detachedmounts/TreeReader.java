package dev.stasis.plugins.detachedmounts;

import dev.stasis.linux.DeviceNumber;
import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.AttributeCalls;
import dev.stasis.linux.fs.ContentCalls;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileType;
import dev.stasis.linux.fs.LongPaths;
import dev.stasis.linux.fs.MountCalls;
import dev.stasis.linux.fs.NameCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.fs.Timestamp;
import dev.stasis.plugins.detachedmounts.proto.kept_attribute;
import dev.stasis.plugins.detachedmounts.proto.kept_extent;
import dev.stasis.plugins.detachedmounts.proto.kept_file_entry;
import dev.stasis.plugins.detachedmounts.proto.kept_time;
import dev.stasis.spi.Log;

/** Makes a file system in memory that is mounted nowhere, with the files of an image file in it. */
final class TreeReader {
    private static final OpenFlags LOOK = OpenFlags.PATH.with(OpenFlags.NOFOLLOW);
    private static final OpenFlags DIRECTORY = OpenFlags.PATH.with(OpenFlags.DIRECTORY);
    private static final int FORMAT = 0170000;

    private final KeptTree tree;
    private final int id;
    private final Log log;
    private long place;

    TreeReader(KeptTree tree, int id, Log log) {
        this.tree = tree;
        this.id = id;
        this.log = log;
        this.place = tree.contents();
    }

    /** Its root, which the caller owns. */
    Fd make() {
        Fd root = MountCalls.detachedTmpfs(tree.entry().getSize());
        boolean done = false;
        try {
            for (int i = 0; i < tree.entry().getFilesCount(); i++) {
                make(root, tree.entry().getFiles(i));
            }
            // Again and backwards, because making what is in a directory changes its times.
            for (int i = tree.entry().getFilesCount() - 1; i >= 0; i--) {
                setTimes(root, tree.entry().getFiles(i));
            }
            done = true;
            return root;
        } finally {
            if (!done) {
                root.close();
            }
        }
    }

    private void make(Fd root, kept_file_entry entry) {
        UnixPath path = UnixPath.of(entry.getPath().toByteArray());
        if (path.length() > 0) {
            try (Fd parent = LongPaths.open(root, path.parent(), DIRECTORY)) {
                make(root, parent, path.fileName(), entry);
            }
        }
        if (entry.hasSameAs()) {
            return;
        }
        try (Fd made = open(root, path)) {
            describe(made, entry);
        }
    }

    private void make(Fd root, Fd parent, UnixPath name, kept_file_entry entry) {
        if (entry.hasSameAs()) {
            if (entry.getSameAs() >= tree.entry().getFilesCount()) {
                throw KeptTree.malformed(id, "it has no file " + entry.getSameAs(), null);
            }
            try (Fd same = open(root, UnixPath.of(tree.entry().getFiles(entry.getSameAs()).getPath().toByteArray()))) {
                NameCalls.tryLink(same, parent, name);
            }
            return;
        }
        switch (FileType.ofMode(entry.getMode())) {
            case DIRECTORY -> NameCalls.tryMakeDirectory(parent, name, 0700);
            case SYMLINK -> NameCalls.trySymbolicLink(UnixPath.of(entry.getTarget().toByteArray()), parent, name);
            default -> NameCalls.tryMakeNode(parent, name, entry.getMode() & FORMAT,
                    DeviceNumber.ofKernelEncoding(entry.getRdev()));
        }
    }

    private static Fd open(Fd root, UnixPath path) {
        return LongPaths.open(root, path.length() == 0 ? UnixPath.of(".") : path, LOOK);
    }

    private void describe(Fd made, kept_file_entry entry) {
        FileType type = FileType.ofMode(entry.getMode());
        if (type == FileType.REGULAR) {
            try (Fd writable = FileCalls.open(UnixPath.of("/proc/self/fd/" + made.number()), OpenFlags.RDWR, 0)) {
                write(writable, entry);
            }
        }
        if (type == FileType.SYMLINK) {
            AttributeCalls.owner(made, entry.getUid(), entry.getGid());
        } else {
            AttributeCalls.ownerAndPermissions(made, entry.getUid(), entry.getGid(), entry.getMode() & 07777);
        }
        for (int i = 0; i < entry.getAttributesCount(); i++) {
            set(made, entry.getAttributes(i));
        }
    }

    private void write(Fd file, kept_file_entry entry) {
        ContentCalls.resize(file, entry.getSize());
        for (int i = 0; i < entry.getExtentsCount(); i++) {
            kept_extent extent = entry.getExtents(i);
            ContentCalls.copy(tree.file(), place, file, extent.getOffset(), extent.getLength());
            place = KeptTree.aligned(place + extent.getLength());
        }
    }

    private void set(Fd file, kept_attribute attribute) {
        UnixPath name = UnixPath.of(attribute.getName().toByteArray());
        try {
            AttributeCalls.value(file, name, attribute.getValue().toByteArray());
        } catch (KernelException e) {
            if (!e.is(Errno.EOPNOTSUPP)) {
                throw e;
            }
            log.warn("a file of a detached mount comes back without its extended attribute " + name + " (EOPNOTSUPP)");
        }
    }

    private static void setTimes(Fd root, kept_file_entry entry) {
        if (!entry.hasModified()) {
            return;
        }
        try (Fd file = open(root, UnixPath.of(entry.getPath().toByteArray()))) {
            AttributeCalls.times(file, time(entry.getAccessed()), time(entry.getModified()));
        }
    }

    private static Timestamp time(kept_time time) {
        return new Timestamp(time.getSeconds(), time.getNanoseconds());
    }
}
