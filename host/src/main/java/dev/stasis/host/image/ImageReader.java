package dev.stasis.host.image;

import dev.stasis.host.state.Pages;
import dev.stasis.host.state.PagesSource;
import dev.stasis.host.state.SharedMemory;
import dev.stasis.host.state.SystemVSegment;
import dev.stasis.host.state.TaskState;
import dev.stasis.linux.Fd;
import dev.stasis.linux.Pid;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.ImageInput;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A sealed image, open for reading. Files that were altered, cut or taken away are refused by name before anything is made
 * of them. One thread at a time.
 *
 * <p>Memory contents alone are not verified at once, because that would take as long as restoring them: another thread does
 * it meanwhile, and {@link #verifyPages} must have returned before a restored task runs.
 */
public final class ImageReader implements ImageInput, PagesSource, AutoCloseable {
    private final SealedImage image;
    private final PagesFiles pages;
    private final List<TaskState> tasks;
    private final List<FileRecord> files;
    private final List<SystemVSegment> segments;

    private ImageReader(SealedImage image) {
        this.image = image;
        TreeReader reader = new TreeReader(image);
        this.tasks = reader.tasks();
        this.files = reader.files(tasks);
        this.segments = reader.segments();
        this.pages = new PagesFiles(image);
    }

    /**
     * Opens the image in {@code directory} and reads all of it but memory contents. Starts a thread: call before binding the
     * calling one to a processor. Throws {@link dev.stasis.spi.StasisException} unless it is a sealed image of this format
     * whose files are as they were sealed.
     */
    public static ImageReader open(Path directory) {
        SealedImage image = SealedImage.open(directory);
        try {
            return new ImageReader(image);
        } catch (RuntimeException e) {
            image.close();
            throw e;
        }
    }

    /** All tasks, the root first. */
    public List<TaskState> tasks() {
        return tasks;
    }

    /** All open files, each with all that refers to it, in the order in which they were written. */
    public List<FileRecord> files() {
        return files;
    }

    /** The plugins that the image needs. */
    public List<PluginUse> plugins() {
        return image.manifest().plugins();
    }

    /** {@inheritDoc} Names that the seal does not list are no part of the image. */
    @Override
    public Optional<Fd> open(String name) {
        return image.openVerified(name);
    }

    @Override
    public Pages of(Pid task) {
        return pages.of(ImageNames.pagemap(task));
    }

    @Override
    public Pages shared(long id) {
        return pages.of(ImageNames.sharedPagemap(id));
    }

    @Override
    public List<SystemVSegment> segments() {
        return segments;
    }

    @Override
    public List<SharedMemory> sharedObjects() {
        return pages.sharedObjects();
    }

    /** Waits until all memory contents are verified; throws as {@link #open(Path)} does when some were altered. */
    public void verifyPages() {
        pages.verify();
    }

    /** Closes all files of the image. The second time does nothing. */
    @Override
    public void close() {
        pages.close();
        image.close();
    }
}
