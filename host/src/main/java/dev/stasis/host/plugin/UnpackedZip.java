package dev.stasis.host.plugin;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/** A zip with a plugin in it, unpacked: its classes from {@code classes/} as one jar, its libraries from {@code lib/}. */
final class UnpackedZip {
    private static final String LIBRARIES = "lib/";

    private final Path directory;
    private final List<Path> libraries = new ArrayList<>();

    private UnpackedZip(Path directory) {
        this.directory = directory;
    }

    /** Unpacks {@code zip} into {@code directory}, which is made; returns the class path, the classes first. */
    static List<Path> unpack(Path zip, Path directory) throws IOException {
        UnpackedZip unpacked = new UnpackedZip(Files.createDirectories(directory));
        // A jar, because a folder that is reached through /proc cannot stand on a class path: Java would follow the link.
        Path classes = directory.resolve("classes.jar");
        try (ZipFile file = new ZipFile(zip.toFile()); ZipOutputStream jar = new ZipOutputStream(Files.newOutputStream(classes))) {
            jar.setLevel(0);
            for (Enumeration<? extends ZipEntry> entries = file.entries(); entries.hasMoreElements();) {
                ZipEntry entry = entries.nextElement();
                if (!entry.isDirectory()) {
                    unpacked.take(file, entry, jar);
                }
            }
        }
        Collections.sort(unpacked.libraries);
        unpacked.libraries.add(0, classes);
        return unpacked.libraries;
    }

    private void take(ZipFile file, ZipEntry entry, ZipOutputStream jar) throws IOException {
        String name = entry.getName();
        try (InputStream content = file.getInputStream(entry)) {
            if (name.startsWith(PluginJar.CLASSES)) {
                jar.putNextEntry(new ZipEntry(name.substring(PluginJar.CLASSES.length())));
                content.transferTo(jar);
                jar.closeEntry();
            } else if (name.startsWith(LIBRARIES) && name.endsWith(".jar")) {
                Path library = directory.resolve(name).normalize();
                if (!library.startsWith(directory.resolve(LIBRARIES))) {
                    throw new IOException("its entry " + name + " leads out of it");
                }
                Files.createDirectories(library.getParent());
                Files.copy(content, library);
                libraries.add(library);
            }
        }
    }
}
