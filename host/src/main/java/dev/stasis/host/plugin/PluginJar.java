package dev.stasis.host.plugin;

import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisPlugin;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * What a jar or zip says of itself, read before anything of it is loaded; the same for every door.
 *
 * @param file the jar or zip
 * @param manifest the main attributes of its manifest, empty without one
 * @param properties its {@code plugin.properties}, empty without it
 * @param services the classes that its services file names, in order; of a zip those beside its libraries are not among them
 */
record PluginJar(Path file, Attributes manifest, Properties properties, List<String> services) {
    private static final String MANIFEST = "META-INF/MANIFEST.MF";
    private static final String PROPERTIES = "plugin.properties";
    /** Where in a jar its services file is. */
    static final String SERVICES = "META-INF/services/" + StasisPlugin.class.getName();
    /** Where in a zip the classes are. */
    static final String CLASSES = "classes/";

    /** Reads {@code file}; an {@link IOException} says that it is no jar or zip, or a damaged one. */
    static PluginJar read(Path file) throws IOException {
        String root = isZip(file) ? CLASSES : "";
        try (ZipFile zip = new ZipFile(file.toFile())) {
            return new PluginJar(file, manifest(zip, root), properties(zip), services(zip, root));
        } catch (IllegalArgumentException damaged) {
            throw new IOException(damaged.getMessage(), damaged);
        }
    }

    /** One of which nothing is known but its name. */
    static PluginJar unread(Path file) {
        return new PluginJar(file, new Attributes(), new Properties(), List.of());
    }

    private static Attributes manifest(ZipFile zip, String root) throws IOException {
        ZipEntry entry = zip.getEntry(root + MANIFEST);
        if (entry == null) {
            return new Attributes();
        }
        try (InputStream content = zip.getInputStream(entry)) {
            return new Manifest(content).getMainAttributes();
        }
    }

    private static Properties properties(ZipFile zip) throws IOException {
        Properties properties = new Properties();
        ZipEntry entry = zip.getEntry(PROPERTIES);
        if (entry != null) {
            try (Reader content = new InputStreamReader(zip.getInputStream(entry), StandardCharsets.UTF_8)) {
                properties.load(content);
            }
        }
        return properties;
    }

    private static List<String> services(ZipFile zip, String root) throws IOException {
        ZipEntry entry = zip.getEntry(root + SERVICES);
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

    /** Whether {@code file} is named like a zip, which holds classes and libraries in folders. */
    static boolean isZip(Path file) {
        return file.toString().endsWith(".zip");
    }

    /** Whether it goes through the door of bundles, which it does even if it has a descriptor besides. */
    boolean isBundle() {
        return !isZip(file) && !symbolicName().isEmpty();
    }

    /** Whether it has the descriptor of a plain plugin, in its manifest or beside it. */
    boolean hasDescriptor() {
        return !properties.isEmpty() || header("Plugin-Id") != null;
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
        return new PluginOrigin(isBundle() ? PluginOrigin.BUNDLE : PluginOrigin.PLAIN, file.toString());
    }

    /** This jar as one whose plugins cannot be used. */
    RejectedPlugin reject(PluginErrorCode code, String reason, String help) {
        return reject(name(), code, reason, help);
    }

    /** The plugin {@code name} of this jar as one that cannot be used. */
    RejectedPlugin reject(String name, PluginErrorCode code, String reason, String help) {
        return new RejectedPlugin(name, origin(), new Problem(code, "plugin " + name + " in " + file, reason, help));
    }

    /** What it calls itself, as far as that is known before it is loaded. */
    private String name() {
        if (isBundle()) {
            return symbolicName();
        }
        String id = hasDescriptor() ? PlainDescriptor.of(this).id() : "";
        return id.isEmpty() ? file.getFileName().toString() : id;
    }
}
