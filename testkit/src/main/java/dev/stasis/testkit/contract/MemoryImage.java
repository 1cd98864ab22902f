package dev.stasis.testkit.contract;

import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.spi.ImageInput;
import dev.stasis.spi.ImageOutput;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** An image directory in memory. Closing it forgets its files. One thread. */
public final class MemoryImage implements ImageOutput, ImageInput, AutoCloseable {
    private final Map<String, Fd> files = new LinkedHashMap<>();

    @Override
    public Fd create(String name) {
        if (name.isEmpty() || name.indexOf('/') >= 0 || !name.endsWith(".img")) {
            throw new AssertionError("'" + name + "' is no name for an image file: it ends with .img and has no slash in it");
        }
        if (files.containsKey(name)) {
            throw new AssertionError("image file " + name + " is created twice");
        }
        Fd file = FileCalls.memfd(name);
        files.put(name, file);
        return file.duplicate();
    }

    @Override
    public Optional<Fd> open(String name) {
        Fd file = files.get(name);
        // Opened anew, as a file of a directory would be: with a position of its own.
        return file == null ? Optional.empty()
                : Optional.of(FileCalls.open(UnixPath.of("/proc/self/fd/" + file.number()), OpenFlags.RDONLY, 0));
    }

    /** The names of the files so far. */
    public Set<String> names() {
        return Set.copyOf(files.keySet());
    }

    /** What is in file {@code name}. */
    public byte[] bytes(String name) {
        try (Fd file = open(name).orElseThrow(() -> new AssertionError("the image has no file " + name))) {
            return ProcFile.readAll(file);
        }
    }

    /** Puts {@code bytes} into file {@code name}, in the place of what it has, if it is there. */
    public void put(String name, byte[] bytes) {
        remove(name);
        try (Fd file = create(name)) {
            FileCalls.write(file, bytes);
        }
    }

    /** Removes file {@code name}, as damage would. */
    public void remove(String name) {
        Fd file = files.remove(name);
        if (file != null) {
            file.close();
        }
    }

    @Override
    public void close() {
        files.values().forEach(Fd::close);
        files.clear();
    }
}
