package dev.stasis.host.image;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.DirectoryCalls;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.spi.ImageInput;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An image that is to be removed, sealed or left by a dump that was killed. Nothing is verified. From one thread only.
 *
 * <p>Other files in its directory, such as logs, are left alone, and the directory then is, too.
 */
public final class ImageRemoval implements ImageInput, AutoCloseable {
    private static final String SUFFIX = ".img";

    private final UnixPath path;
    private final ImageDirectory directory;
    private final List<String> files = new ArrayList<>();

    private ImageRemoval(UnixPath path, ImageDirectory directory) {
        this.path = path;
        this.directory = directory;
        for (UnixPath name : DirectoryCalls.list(directory.descriptor())) {
            if (isOfImage(name.toString())) {
                files.add(name.toString());
            }
        }
    }

    /** The image in {@code directory}; throws {@link dev.stasis.spi.StasisException} when there is none. */
    public static ImageRemoval of(Path directory) {
        UnixPath path = UnixPath.of(directory.toAbsolutePath().normalize().toString());
        Fd opened;
        try {
            opened = FileCalls.open(path, OpenFlags.RDONLY.with(OpenFlags.DIRECTORY), 0);
        } catch (KernelException e) {
            throw e.is(Errno.ENOENT) ? ImageFailure.refusal(ImageError.NO_SUCH_DIRECTORY, path.toString(), "there is none (ENOENT)",
                    "name the directory that a dump made") : ImageFailure.reading(path.toString(), e);
        }
        ImageRemoval removal = new ImageRemoval(path, new ImageDirectory(path.toString(), opened));
        if (!removal.files.contains(ImageNames.MANIFEST) && !removal.files.contains(ImageNames.UNSEALED)) {
            removal.close();
            throw ImageFailure.refusal(ImageError.NOT_AN_IMAGE, path.toString(), "it holds no image that a dump made or began",
                    "name the directory that a dump made");
        }
        return removal;
    }

    /** The image in {@code directory} that this very process has begun and not sealed; empty when there is none. */
    public static Optional<ImageRemoval> ofThisProcess(Path directory) {
        UnixPath manifest = UnixPath.of(directory.toAbsolutePath().normalize() + "/" + ImageNames.UNSEALED);
        Optional<FileStatus> begun = FileCalls.tryStatus(manifest);
        for (int number : ProcFile.descriptors(ProcessCalls.self())) {
            UnixPath link = UnixPath.of("/proc/self/fd/" + number);
            if (begun.isPresent() && isManifest(link) && FileCalls.tryStatus(link).map(FileStatus::inode).equals(begun.map(FileStatus::inode))) {
                return Optional.of(of(directory));
            }
        }
        return Optional.empty();
    }

    private static boolean isManifest(UnixPath link) {
        try {
            return FileCalls.readLink(link).endsWith("/" + ImageNames.UNSEALED);
        } catch (KernelException e) {
            return false; // closed meanwhile
        }
    }

    /** Takes away what an unsealed image is sealed with, so that nobody can do that any more; false when it is sealed already. */
    public boolean revoke() {
        return DirectoryCalls.tryUnlink(directory.descriptor(), UnixPath.of(ImageNames.UNSEALED));
    }

    private static boolean isOfImage(String name) {
        return ImageNames.isPlain(name) && (name.endsWith(SUFFIX) || name.equals(ImageNames.UNSEALED)
                || name.equals(ImageNames.DUMP_STATS) || name.equals(ImageNames.RESTORE_STATS));
    }

    /** The files of plugins whose names start with none of {@code prefixes}: they may keep something that nobody here knows of. */
    public List<String> filesOfOthers(List<String> prefixes) {
        List<String> unknown = new ArrayList<>();
        for (String file : files) {
            boolean known = !file.startsWith("stasis-") || file.equals(ImageNames.MANIFEST) || file.equals(ImageNames.UNSEALED);
            for (String prefix : prefixes) {
                known |= file.startsWith(prefix);
            }
            if (!known) {
                unknown.add(file);
            }
        }
        return unknown;
    }

    /** {@inheritDoc} Not verified. */
    @Override
    public Optional<Fd> open(String name) {
        return files.contains(name) ? directory.open(name) : Optional.empty();
    }

    /**
     * Removes the files, what says that it is an image last, so that it can be asked for again when that is cut short; then the
     * directory if nothing else is in it. Returns whether that is gone, too.
     */
    public boolean remove() {
        for (String file : files) {
            if (!file.equals(ImageNames.MANIFEST) && !file.equals(ImageNames.UNSEALED)) {
                remove(file);
            }
        }
        remove(ImageNames.MANIFEST);
        remove(ImageNames.UNSEALED);
        return DirectoryCalls.tryRemove(path);
    }

    private void remove(String name) {
        try {
            DirectoryCalls.tryUnlink(directory.descriptor(), UnixPath.of(name));
        } catch (KernelException e) {
            throw ImageFailure.writing(directory.of(name), e);
        }
    }

    @Override
    public void close() {
        directory.close();
    }
}
