package dev.stasis.host.plugin;

import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisPlugin;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * What a jar says of itself, read before anything of it is loaded; the same for every door.
 *
 * @param file the jar
 * @param manifest the main attributes of its manifest, empty without one
 * @param services the classes that its services file names, in order
 */
record PluginJar(Path file, Attributes manifest, List<String> services) {
    private static final String MANIFEST = "META-INF/MANIFEST.MF";
    private static final String SERVICES = "META-INF/services/" + StasisPlugin.class.getName();

    /** Reads {@code file}; an {@link IOException} says that it is no jar or a damaged one. */
    static PluginJar read(Path file) throws IOException {
        try (ZipFile zip = new ZipFile(file.toFile())) {
            return new PluginJar(file, manifest(zip), services(zip));
        } catch (IllegalArgumentException damaged) {
            throw new IOException(damaged.getMessage(), damaged);
        }
    }

    private static Attributes manifest(ZipFile zip) throws IOException {
        ZipEntry entry = zip.getEntry(MANIFEST);
        if (entry == null) {
            return new Attributes();
        }
        try (InputStream content = zip.getInputStream(entry)) {
            return new Manifest(content).getMainAttributes();
        }
    }

    private static List<String> services(ZipFile zip) throws IOException {
        ZipEntry entry = zip.getEntry(SERVICES);
        if (entry == null) {
            return List.of();
        }
        try (InputStream content = zip.getInputStream(entry)) {
            return classNames(new String(content.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    /** The class names of a services file: one a line, what follows a {@code #} is a comment. */
    static List<String> classNames(String text) {
        List<String> names = new ArrayList<>();
        int start = 0;
        while (start < text.length()) {
            int end = text.indexOf('\n', start);
            String line = text.substring(start, end < 0 ? text.length() : end);
            int comment = line.indexOf('#');
            String name = (comment < 0 ? line : line.substring(0, comment)).strip();
            if (!name.isEmpty() && !names.contains(name)) {
                names.add(name);
            }
            start = end < 0 ? text.length() : end + 1;
        }
        return List.copyOf(names);
    }

    /** Its Bundle-SymbolicName without parameters, empty when it is not a bundle. */
    String symbolicName() {
        List<ManifestHeader.Clause> clauses = ManifestHeader.parse(header("Bundle-SymbolicName"));
        return clauses.isEmpty() ? "" : clauses.get(0).name();
    }

    /** A header of the manifest, null without it. */
    String header(String name) {
        return manifest.getValue(name);
    }

    /** Where its plugins come from. */
    PluginOrigin origin() {
        return new PluginOrigin(PluginOrigin.BUNDLE, file.toString());
    }

    /** This jar as one whose plugins cannot be used. */
    RejectedPlugin reject(PluginErrorCode code, String reason, String help) {
        return reject(name(), code, reason, help);
    }

    /** The plugin {@code name} of this jar as one that cannot be used. */
    RejectedPlugin reject(String name, PluginErrorCode code, String reason, String help) {
        return new RejectedPlugin(name, origin(), new Problem(code, "plugin " + name + " in " + file, reason, help));
    }

    private String name() {
        return symbolicName().isEmpty() ? file.getFileName().toString() : symbolicName();
    }
}
