package dev.stasis.endtoend;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The contents of files at the time of a dump, which an image does not hold: to be put back before each further restore. */
record FileContents(Map<Path, byte[]> contents) {

    static FileContents of(List<Path> files) {
        Map<Path, byte[]> contents = new LinkedHashMap<>();
        try {
            for (Path file : files) {
                contents.put(file, Files.readAllBytes(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new FileContents(contents);
    }

    /** The text of {@code file}; empty when it does not exist yet. */
    static String text(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes them into the same inodes as before. */
    void putBack() {
        contents.forEach((file, bytes) -> {
            try {
                Files.write(file, bytes);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }
}
