package dev.stasis.host.image;

import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.DirectoryCalls;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.FileType;
import dev.stasis.linux.fs.OpenFlags;
import java.util.Optional;

/** An open directory of image files. All access goes by plain names below its descriptor, so no name leads out of it. */
final class ImageDirectory implements AutoCloseable {
    private static final int PRIVATE = 0600;
    private static final OpenFlags NEW =
            OpenFlags.RDWR.with(OpenFlags.CREAT).with(OpenFlags.EXCL).with(OpenFlags.NOFOLLOW);
    private static final OpenFlags OLD = OpenFlags.RDONLY.with(OpenFlags.NOFOLLOW).with(OpenFlags.NONBLOCK);

    private final String path;
    private final Fd directory;

    /** The directory behind {@code directory}, which is owned from now on; {@code path} is for messages. */
    ImageDirectory(String path, Fd directory) {
        this.path = path;
        this.directory = directory;
    }

    /** The directory itself, borrowed. */
    Fd descriptor() {
        return directory;
    }

    /** The file {@code name}, for messages. */
    String of(String name) {
        return path.endsWith("/") ? path + name : path + "/" + name;
    }

    /** Creates {@code name}, which must not exist; the caller closes it. */
    Fd create(String name) {
        try {
            return FileCalls.openAt(directory, UnixPath.of(name), NEW, PRIVATE);
        } catch (KernelException e) {
            throw ImageFailure.writing(of(name), e);
        }
    }

    /** Writes {@code length} bytes of {@code bytes} from the start of {@code file}, named {@code name}, by way of {@code memory}. */
    void write(Fd file, String name, byte[] bytes, int length, NativeMemory memory) {
        try {
            int done = 0;
            while (done < length) {
                int part = Math.min(memory.size(), length - done);
                memory.buffer().put(bytes, done, part);
                done += FileCalls.writeAt(file, memory, part, done);
            }
        } catch (KernelException e) {
            throw ImageFailure.writing(of(name), e);
        }
    }

    /** Opens the regular file {@code name} for reading; empty when there is none. The caller closes it. */
    Optional<Fd> open(String name) {
        try {
            Optional<Fd> file = DirectoryCalls.tryOpenAt(directory, UnixPath.of(name), OLD);
            if (file.isPresent() && status(file.get(), name).type() != FileType.REGULAR) {
                file.get().close();
                throw ImageFailure.malformed(of(name), "it is not a regular file", null);
            }
            return file;
        } catch (KernelException e) {
            throw ImageFailure.reading(of(name), e);
        }
    }

    /** What is known of {@code file}, named {@code name}. */
    FileStatus status(Fd file, String name) {
        try {
            return FileCalls.status(file);
        } catch (KernelException e) {
            throw ImageFailure.reading(of(name), e);
        }
    }

    /** Reads {@code size} bytes, all that {@code file} has, into the heap. */
    byte[] read(Fd file, String name, int size, NativeMemory memory) {
        byte[] bytes = new byte[size];
        try {
            int done = 0;
            while (done < size) {
                int count = FileCalls.readAt(file, memory, size - done, done);
                if (count == 0) {
                    throw ImageFailure.sizeChanged(of(name), done, size);
                }
                memory.buffer().get(bytes, done, Math.min(count, size - done));
                done += count;
            }
            return bytes;
        } catch (KernelException e) {
            throw ImageFailure.reading(of(name), e);
        }
    }

    /** Removes {@code name}, if there is such a file and it can be removed. */
    void tryRemove(String name) {
        try {
            DirectoryCalls.tryUnlink(directory, UnixPath.of(name));
        } catch (KernelException e) {
            // Whoever removes is already telling of something worse; an unsealed leftover is known as such.
        }
    }

    /** Gives {@code from} the name {@code to}. */
    void rename(String from, String to) {
        try {
            DirectoryCalls.rename(directory, UnixPath.of(from), UnixPath.of(to));
        } catch (KernelException e) {
            throw ImageFailure.writing(of(to), e);
        }
    }

    @Override
    public void close() {
        directory.close();
    }
}
