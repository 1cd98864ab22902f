package dev.stasis.testkit;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/**
 * The plugins of the test class path, as the directory of jars that Stasis starts with. A plugin that is only a folder of
 * classes yet, as in the middle of a build, is packed.
 */
public final class PluginJars {
    private static final String SERVICE = "META-INF/services/dev.stasis.spi.StasisPlugin";
    private static final String MANIFEST = JarFile.MANIFEST_NAME;

    private PluginJars() {}

    /** Fills {@code directory}, which is made, with every plugin of the class path whose symbolic name {@code wanted} takes. */
    public static Path collect(Path directory, Predicate<String> wanted) {
        try {
            Files.createDirectories(directory);
            for (Path entry : classPath()) {
                Optional<String> name = symbolicName(entry);
                if (name.isPresent() && wanted.test(name.get())) {
                    place(entry, directory.resolve(name.get() + ".jar"));
                }
            }
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> classPath() {
        String tested = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        List<Path> entries = new ArrayList<>();
        for (String entry : tested.split(File.pathSeparator)) {
            if (!entry.isEmpty() && Files.exists(Path.of(entry))) {
                entries.add(Path.of(entry));
            }
        }
        return entries;
    }

    private static Optional<String> symbolicName(Path entry) throws IOException {
        if (Files.isDirectory(entry)) {
            Path manifest = entry.resolve(MANIFEST);
            if (!Files.exists(entry.resolve(SERVICE)) || !Files.exists(manifest)) {
                return Optional.empty();
            }
            try (InputStream in = Files.newInputStream(manifest)) {
                return name(new Manifest(in));
            }
        }
        try (JarFile jar = new JarFile(entry.toFile())) {
            return jar.getEntry(SERVICE) == null || jar.getManifest() == null ? Optional.empty() : name(jar.getManifest());
        }
    }

    private static Optional<String> name(Manifest manifest) {
        return Optional.ofNullable(manifest.getMainAttributes().getValue("Bundle-SymbolicName"))
                .map(name -> name.split(";")[0].strip());
    }

    private static void place(Path entry, Path jar) throws IOException {
        if (Files.isDirectory(entry)) {
            pack(entry, jar);
        } else {
            Files.copy(entry, jar, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static void pack(Path classes, Path jar) throws IOException {
        try (OutputStream file = Files.newOutputStream(jar);
                InputStream manifest = Files.newInputStream(classes.resolve(MANIFEST));
                JarOutputStream out = new JarOutputStream(file, new Manifest(manifest));
                Stream<Path> files = Files.walk(classes)) {
            for (Path source : files.filter(Files::isRegularFile).sorted().toList()) {
                String name = classes.relativize(source).toString();
                if (!name.equals(MANIFEST)) {
                    out.putNextEntry(new ZipEntry(name));
                    Files.copy(source, out);
                    out.closeEntry();
                }
            }
        }
    }
}
