package dev.stasis.host.image;

import dev.stasis.host.state.PagesOutput;
import dev.stasis.host.state.SystemVSegment;
import dev.stasis.host.state.TaskState;
import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.Pid;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.ImageInput;
import dev.stasis.spi.ImageOutput;
import dev.stasis.spi.ImageType;
import dev.stasis.spi.OpenFileId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * An image being written. Nothing in the directory is an image until {@link #seal}; closed before that, all that was made is
 * removed again. One thread at a time.
 *
 * <p>Order: {@link #create(Path)}, what plugins write {@linkplain #ahead ahead}, the plugins' files and the pages in any order, {@link #writeFiles}, {@link #writeTasks},
 * {@link #seal}. Every failure to write is a {@link dev.stasis.spi.StasisException} that names the file.
 */
public final class ImageWriter implements ImageOutput, ImageInput, AutoCloseable {
    private static final int CHUNK = 1 << 16;

    private final TargetDirectory target;
    private final ChecksumThread checksums = new ChecksumThread(new WarmUp());
    private final RecordBuffer buffer = new RecordBuffer();
    private final NativeMemory memory = NativeMemory.allocate(CHUNK);
    private final List<SealedFile> written = new ArrayList<>();
    private final List<PagesFile> pages = new ArrayList<>();
    private final PluginFiles pluginFiles;
    private final Map<OpenFileId, ImageType> types = new HashMap<>();
    private final Fd manifest;
    private boolean sealed;

    private ImageWriter(TargetDirectory target, Fd manifest) {
        this.target = target;
        this.manifest = manifest;
        this.pluginFiles = new PluginFiles(target, checksums);
    }

    /**
     * Begins an image in {@code directory}, which is made when missing (mode 0700, with those above it) and must otherwise be
     * empty but for logs. Starts a thread: call before binding the calling one to a processor.
     */
    public static ImageWriter create(Path directory) {
        TargetDirectory target = TargetDirectory.create(directory);
        try {
            return new ImageWriter(target, target.create(ImageNames.UNSEALED));
        } catch (RuntimeException e) {
            target.undo();
            target.close();
            throw e;
        }
    }

    /**
     * Creates the files that an image of processes {@code tasks} with {@code threads}, leaders among them, will have, so that
     * this is done when the tree comes to be frozen. A guess: what turns out otherwise is created or removed later.
     */
    public void expect(List<Pid> tasks, List<Pid> threads) {
        ExpectedFiles.create(target, tasks, threads);
    }

    /**
     * Loads the classes that writing an image takes (some 10 ms in a fresh JVM), so that no tree has to stand still for that.
     * Any thread may call, beside any other work; {@link #create(Path)} has it done by another thread if nobody did before.
     */
    public static void warmUp() {
        new WarmUp().run();
    }

    /** {@inheritDoc} The name has letters, digits, dots, dashes and underscores. The file may be written until {@link #seal}. */
    @Override
    public Fd create(String name) {
        return pluginFiles.create(name);
    }

    /** Where plugins write before the tree stands still. */
    public FilesAhead ahead() {
        return new FilesAhead(pluginFiles);
    }

    /** {@inheritDoc} Only those that were created here, and as they are now. */
    @Override
    public Optional<Fd> open(String name) {
        return target.tryOpen(name);
    }

    /** Where the private memory of {@code task} goes. */
    public PagesOutput pages(Pid task) {
        return pagesFile(ImageNames.pagemap(task), 0);
    }

    /** Where the shared anonymous memory object {@code id} of {@code size} bytes goes; once per object. */
    public PagesOutput sharedPages(long id, long size) {
        if (size <= 0) {
            throw new IllegalArgumentException("shared memory of " + size + " bytes");
        }
        return pagesFile(ImageNames.sharedPagemap(id), size);
    }

    private PagesOutput pagesFile(String pagemap, long size) {
        int number = pages.size() + 1;
        PagesFile file = new PagesFile(this, number, pagemap, size, target.create(ImageNames.pages(number)));
        pages.add(file);
        return file;
    }

    /** Writes {@code files}; {@code types} says for each kind where its messages stand. Before {@link #writeTasks}. */
    public void writeFiles(List<FileRecord> files, Map<String, ImageType> typesOfKinds) {
        buffer.begin(ImageMagic.FILES);
        for (FileRecord file : files) {
            writeFile(file, typesOfKinds.get(file.kind()));
        }
        write(ImageNames.FILES);
    }

    /** Plugins have written what they have: their large files are summed up by another thread, beside the work that follows. */
    public void sumUpPluginFiles() {
        pluginFiles.sumUpBehind();
    }

    private void writeFile(FileRecord file, ImageType type) {
        if (type == null) {
            throw new IllegalArgumentException("no image type for kind " + file.kind());
        }
        types.put(file.id(), type);
        try {
            FileCodec.write(file, type, buffer);
        } catch (IOException e) {
            throw new UncheckedIOException("an array never refuses", e);
        }
    }

    /** Writes all of {@code tasks}, the root first, but for their memory's contents. */
    public void writeTasks(List<TaskState> tasks) {
        new TaskFiles(this, types).write(tasks);
    }

    /** Writes what the kernel tells of {@code segments}; their contents go to {@link #sharedPages}. */
    public void writeSegments(List<SystemVSegment> segments) {
        for (SystemVSegment segment : segments) {
            buffer.begin(ImageMagic.SEGMENT);
            buffer.add(SegmentCodec.write(segment));
            write(ImageNames.segment(segment.id()));
        }
    }

    /**
     * Makes what was written an image, by giving the finished manifest its name. From then on nothing is removed any more.
     * The data are safe from the death of this process, but not from a loss of power; see {@link #sync}.
     */
    public void seal(List<PluginUse> plugins) {
        List<SealedFile> files = new ArrayList<>(written);
        target.dropExpected();
        pluginFiles.seal(files);
        for (int i = pages.size() - 1; i >= 0; i--) {
            files.add(pages.get(i).seal());
        }
        new Manifest(ToolVersion.TEXT, Instant.now(), KernelRelease.read(), plugins, files).write(buffer);
        target.directory().write(manifest, ImageNames.UNSEALED, buffer.bytes(), buffer.length(), memory);
        target.directory().rename(ImageNames.UNSEALED, ImageNames.MANIFEST);
        sealed = true;
    }

    /** Waits until the sealed image is safe from a loss of power too. @see fsync(2) */
    public void sync() {
        target.sync(ImageNames.MANIFEST);
    }

    /** Writes the buffer as file {@code name}. */
    void write(String name) {
        CRC32C checksum = new CRC32C();
        checksum.update(buffer.bytes(), 0, buffer.length());
        try (Fd file = target.create(name)) {
            target.directory().write(file, name, buffer.bytes(), buffer.length(), memory);
        }
        written.add(new SealedFile(name, buffer.length(), (int) checksum.getValue()));
    }

    /** The buffer for the records of one file. */
    RecordBuffer buffer() {
        return buffer;
    }

    /** Has what waits of {@code checksum} computed beside the writing; {@code first} for the first time. */
    void follow(FileChecksum checksum, boolean first) {
        if (first) {
            checksums.add(checksum);
        } else {
            checksums.wake();
        }
    }

    /** The size of {@code file}, named {@code name}. */
    long sizeOf(Fd file, String name) {
        return target.directory().status(file, name).size();
    }

    /** The path of file {@code name}, for messages. */
    String pathOf(String name) {
        return target.directory().of(name);
    }

    /** Removes all that was made unless it was sealed. The second time does nothing. */
    @Override
    public void close() {
        checksums.close();
        for (PagesFile file : pages) {
            file.close();
        }
        pluginFiles.close();
        manifest.close();
        if (!sealed && target.directory().descriptor().isOpen()) {
            target.undo();
        }
        target.close();
    }
}
