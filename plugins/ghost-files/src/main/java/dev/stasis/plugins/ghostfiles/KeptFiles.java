package dev.stasis.plugins.ghostfiles;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.InodeId;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.ContentCalls;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.NameCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.plugins.ghostfiles.proto.kept_file;
import dev.stasis.spi.DumpContext;
import dev.stasis.spi.ImageInput;
import dev.stasis.spi.Log;
import dev.stasis.spi.OpenFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * Keeps contents of deleted files where they are instead of in the image: as a new file of the same blocks, or, of a file with
 * other names, as one more. Each is written down in the image before it is named, so that whoever removes the image, also one
 * that a killed dump left, finds it.
 */
final class KeptFiles implements AutoCloseable {
    private static final String NAME = "stasis-ghost-files-kept.img";
    private static final UnixPath HERE = UnixPath.of(".");
    private static final OpenFlags TMPFILE = OpenFlags.TMPFILE.with(OpenFlags.RDWR);

    private final DumpContext context;
    private final long image = System.nanoTime() ^ System.currentTimeMillis() << 20;
    private Fd list;
    private int count;

    KeptFiles(DumpContext context) {
        this.context = context;
    }

    /** A new file with the contents of {@code source}, which is {@code file}; empty where the file system cannot do that. */
    Optional<KeptFile> tryClone(OpenFile file, Fd source) {
        return tryKeep(file, source, true);
    }

    /** One more name for {@code file}, which is {@code source} and has others; empty where it cannot be given one. */
    Optional<KeptFile> tryLink(OpenFile file, Fd source) {
        return tryKeep(file, source, false);
    }

    private Optional<KeptFile> tryKeep(OpenFile file, Fd source, boolean clone) {
        UnixPath path = LostName.of(file);
        try (Fd directory = OtherMount.nearest(context.base(file), path.dropFirst(1).parent())) {
            Optional<UnixPath> shown = absolute(directory);
            return shown.isEmpty() ? Optional.empty() : tryKeep(directory, shown.get(), source, clone);
        } catch (KernelException e) {
            context.log().info(file + " is not kept in place: " + e.getMessage());
            return Optional.empty();
        }
    }

    /** The path that leads to {@code directory} for whoever restores or removes the image; empty when none does. */
    private static Optional<UnixPath> absolute(Fd directory) {
        UnixPath path = FileCalls.readLink(UnixPath.of("/proc/self/fd/" + directory.number()));
        InodeId wanted = FileCalls.status(directory).inode();
        Optional<FileStatus> found = path.isAbsolute() ? FileCalls.tryStatus(path) : Optional.empty();
        return found.isPresent() && found.get().inode().equals(wanted) ? Optional.of(path) : Optional.empty();
    }

    private Optional<KeptFile> tryKeep(Fd directory, UnixPath shown, Fd source, boolean clone) {
        try (Fd made = clone ? FileCalls.openAt(directory, HERE, TMPFILE, 0600) : source.duplicate()) {
            if (clone && !ContentCalls.tryClone(source, made)) {
                return Optional.empty();
            }
            UnixPath name = KeptFile.name(image, ++count);
            KeptFile kept = new KeptFile(shown.resolve(name), FileCalls.status(made).inode().number());
            writeDown(kept);
            if (!NameCalls.tryLink(made, directory, name)) {
                throw new KernelException("linkat", kept.path(), Errno.EEXIST);
            }
            return Optional.of(kept);
        }
    }

    private void writeDown(KeptFile kept) {
        if (list == null) {
            list = context.image().create(NAME);
        }
        byte[] entry = kept.entry().toByteArray();
        FileCalls.write(list, ByteBuffer.allocate(4 + entry.length).order(ByteOrder.LITTLE_ENDIAN).putInt(entry.length).put(entry).array());
    }

    /** Removes all that {@code image} has a record of. */
    static void remove(ImageInput image, Log log) {
        Optional<Fd> list = image.open(NAME);
        if (list.isEmpty()) {
            return;
        }
        try (Fd file = list.get()) {
            for (Optional<byte[]> entry = next(file); entry.isPresent(); entry = next(file)) {
                KeptFile.of(kept_file.parseFrom(entry.get())).remove(log);
            }
        } catch (InvalidProtocolBufferException e) {
            log.warn(NAME + " cannot be read to its end: " + e.getMessage());
        }
    }

    /** Empty at the end, and where a dump that was killed broke off. */
    private static Optional<byte[]> next(Fd file) {
        byte[] head = FileCalls.read(file, 4);
        if (head.length < 4) {
            return Optional.empty();
        }
        int length = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getInt();
        if (length < 0 || length > 1 << 16) {
            return Optional.empty();
        }
        byte[] entry = FileCalls.read(file, length);
        return entry.length < length ? Optional.empty() : Optional.of(entry);
    }

    @Override
    public void close() {
        if (list != null) {
            list.close();
        }
    }
}
