package dev.stasis.host.image;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32C;

/** The files of an image as its seal lists them; whatever else is in the directory is not looked at. */
final class SealedImage implements AutoCloseable {
    private static final int CHUNK = 1 << 16;
    /** No file that is parsed is anywhere near this; it bounds what a forged seal can make us allocate. */
    private static final long LARGEST_PARSED = 1L << 28;

    private final ImageDirectory directory;
    private final ThreadLocal<NativeMemory> memory = new ThreadLocal<>();
    private final Manifest manifest;
    private final Map<String, SealedFile> files = new LinkedHashMap<>();
    private final Map<String, Ahead> ahead = new HashMap<>();
    private final Set<String> parsed = new HashSet<>();

    private SealedImage(ImageDirectory directory) {
        this.directory = directory;
        this.manifest = readManifest();
        for (SealedFile file : manifest.files()) {
            files.put(file.name(), file);
        }
        checkSizes();
    }

    /** Opens the image in {@code path}; verifies the seal itself and that all files are there in their sizes. */
    static SealedImage open(Path path) {
        ImageDirectory directory = openDirectory(path.toAbsolutePath().normalize().toString());
        try {
            return new SealedImage(directory);
        } catch (RuntimeException e) {
            directory.close();
            throw e;
        }
    }

    private static ImageDirectory openDirectory(String path) {
        try {
            return new ImageDirectory(
                    path, FileCalls.open(UnixPath.of(path), OpenFlags.RDONLY.with(OpenFlags.DIRECTORY), 0));
        } catch (KernelException e) {
            if (e.is(Errno.ENOENT)) {
                throw ImageFailure.refusal(ImageError.NO_SUCH_DIRECTORY, path, "there is no such directory",
                        "name the directory that a dump made");
            }
            if (e.is(Errno.ENOTDIR)) {
                throw ImageFailure.refusal(ImageError.NOT_A_DIRECTORY, path, "it is not a directory",
                        "name the directory that a dump made");
            }
            throw ImageFailure.reading(path, e);
        }
    }

    private Manifest readManifest() {
        Optional<Fd> found = directory.open(ImageNames.MANIFEST);
        if (found.isEmpty()) {
            throw unsealed();
        }
        String path = directory.of(ImageNames.MANIFEST);
        try (Fd file = found.get()) {
            return Manifest.read(readAll(file, ImageNames.MANIFEST), path);
        } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
            throw ImageFailure.malformed(path, e.getMessage(), e);
        }
    }

    private RuntimeException unsealed() {
        String path = directory.of("");
        if (has(ImageNames.UNSEALED)) {
            return ImageFailure.refusal(ImageError.IMAGE_UNFINISHED, path,
                    "it is not sealed: the dump into it was killed or still goes on", "dump again, into another directory");
        }
        if (has(ImageNames.INVENTORY)) {
            return ImageFailure.refusal(ImageError.MADE_BY_CRIU, path,
                    "it has no " + ImageNames.MANIFEST + ": it was made by CRIU, or its seal was removed",
                    "restore it with the tool that made it");
        }
        return ImageFailure.refusal(ImageError.NOT_AN_IMAGE, path, "it holds no image", "name the directory that a dump made");
    }

    private boolean has(String name) {
        Optional<Fd> file = directory.open(name);
        if (file.isPresent()) {
            file.get().close();
        }
        return file.isPresent();
    }

    private byte[] readAll(Fd file, String name) {
        long size = directory.status(file, name).size();
        if (size > LARGEST_PARSED) {
            throw ImageFailure.malformed(directory.of(name), "it has " + size + " bytes", null);
        }
        return directory.read(file, name, (int) size, memory());
    }

    /** Two threads may be reading. */
    private NativeMemory memory() {
        NativeMemory own = memory.get();
        if (own == null) {
            own = NativeMemory.allocate(CHUNK);
            memory.set(own);
        }
        return own;
    }

    private void checkSizes() {
        for (SealedFile file : files.values()) {
            openSized(file).close();
        }
    }

    private Fd openSized(SealedFile file) {
        Optional<Fd> found = directory.open(file.name());
        if (found.isEmpty()) {
            throw ImageFailure.missing(directory.of(file.name()));
        }
        long size = directory.status(found.get(), file.name()).size();
        if (size != file.size()) {
            found.get().close();
            throw ImageFailure.sizeChanged(directory.of(file.name()), size, file.size());
        }
        return found.get();
    }

    /** The seal. */
    Manifest manifest() {
        return manifest;
    }

    /** The path of file {@code name}, for messages. */
    String pathOf(String name) {
        return directory.of(name);
    }

    /** What the seal says of {@code name}, null when it does not list it. */
    SealedFile sealed(String name) {
        return files.get(name);
    }

    /** Opens {@code name} in its size, contents not verified; refuses the image when the seal does not list it. */
    Fd openUnverified(String name) {
        SealedFile file = files.get(name);
        if (file == null) {
            throw ImageFailure.missing(directory.of(name));
        }
        return openSized(file);
    }

    /** Whether it was read as a whole, and so verified. */
    boolean isParsed(String name) {
        return parsed.contains(name);
    }

    /** Has {@code checksums} verify {@code name}, which somebody will open later, in the meantime. */
    void verifyAhead(String name, ChecksumThread checksums) {
        SealedFile file = files.get(name);
        Fd opened = openSized(file);
        FileChecksum checksum = new FileChecksum(opened);
        checksum.available(file.size());
        ahead.put(name, new Ahead(opened, checksum));
        checksums.add(checksum);
    }

    /** A file that another thread verifies. */
    private record Ahead(Fd opened, FileChecksum checksum) {}

    /** Opens {@code name} and verifies its contents; empty when the seal does not list it. */
    Optional<Fd> openVerified(String name) {
        SealedFile file = files.get(name);
        if (file == null) {
            return Optional.empty();
        }
        Ahead begun = ahead.get(name);
        if (begun != null) {
            verify(file, begun.checksum());
            return Optional.of(openSized(file));
        }
        Fd opened = openSized(file);
        try {
            FileChecksum checksum = new FileChecksum(opened);
            checksum.available(file.size());
            verify(file, checksum);
            return Optional.of(opened);
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    /** Completes {@code checksum} and refuses {@code file} when it is not the sealed one. */
    void verify(SealedFile file, FileChecksum checksum) {
        try {
            if (checksum.complete() != file.checksum()) {
                throw ImageFailure.altered(directory.of(file.name()));
            }
        } catch (MalformedImage e) {
            throw ImageFailure.malformed(directory.of(file.name()), e.getMessage(), e);
        } catch (KernelException e) {
            throw ImageFailure.reading(directory.of(file.name()), e);
        }
    }

    /** All verified bytes of {@code name}; refuses the image when the seal does not list it. */
    byte[] read(String name) {
        SealedFile file = files.get(name);
        parsed.add(name);
        try (Fd opened = openUnverified(name)) {
            byte[] bytes = readAll(opened, name);
            CRC32C checksum = new CRC32C();
            checksum.update(bytes);
            if ((int) checksum.getValue() != file.checksum()) {
                throw ImageFailure.altered(directory.of(name));
            }
            return bytes;
        }
    }

    /** The names of all files. */
    Iterable<String> names() {
        return files.keySet();
    }

    @Override
    public void close() {
        for (Ahead begun : ahead.values()) {
            begun.opened().close();
        }
        directory.close();
    }
}
