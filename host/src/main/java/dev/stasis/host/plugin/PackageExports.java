package dev.stasis.host.plugin;

import com.google.protobuf.MessageLite;
import dev.stasis.spi.StasisPlugin;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarInputStream;
import java.util.jar.Manifest;
import org.osgi.framework.Version;

/**
 * The packages that plugins can import and the versions of each: from the host, from the JDK and from each other.
 *
 * <p>What the host offers is what the manifests of kernel-api and of protobuf say they export, taken over as it stands, so
 * versions and {@code uses} are always those that were built. Of the JDK only what some plugin imports is offered: listing
 * all its packages takes the framework longer than anything else at its start.
 */
final class PackageExports {
    private static final String EXPORT = "Export-Package";
    private static final String IMPORT = "Import-Package";

    private final String hostExports;
    private final Set<String> javaPackages = new TreeSet<>();
    private final Map<String, List<Version>> versions = new HashMap<>();
    private final Map<PluginJar, List<ManifestHeader.Clause>> imports = new IdentityHashMap<>();

    private PackageExports(String hostExports) {
        this.hostExports = hostExports;
        addVersions(hostExports);
    }

    /** What is offered to {@code jars}, by the host, by the JDK and by themselves. */
    static PackageExports offeredTo(List<PluginJar> jars) throws IOException {
        PackageExports exports = new PackageExports(exportsOf(StasisPlugin.class) + "," + exportsOf(MessageLite.class));
        for (PluginJar jar : jars) {
            exports.addVersions(jar.header(EXPORT));
        }
        for (PluginJar jar : jars) {
            List<ManifestHeader.Clause> clauses = ManifestHeader.parse(jar.header(IMPORT));
            exports.imports.put(jar, clauses);
            for (ManifestHeader.Clause clause : clauses) {
                exports.addJavaPackage(clause.name());
            }
        }
        return exports;
    }

    private static String exportsOf(Class<?> type) throws IOException {
        Path place = placeOf(type);
        if (!Files.isDirectory(place)) {
            return requireExports(manifest(place).getValue(EXPORT), place);
        }
        try (InputStream content = Files.newInputStream(place.resolve("META-INF/MANIFEST.MF"))) {
            return requireExports(new Manifest(content).getMainAttributes().getValue(EXPORT), place);
        }
    }

    /**
     * The main attributes of {@code jar}'s manifest. That stands first in jars, and read from there costs a tenth of opening
     * the whole with its table of contents.
     */
    private static Attributes manifest(Path jar) throws IOException {
        try (InputStream file = Files.newInputStream(jar); JarInputStream content = new JarInputStream(file, false)) {
            return content.getManifest() == null ? PluginJar.read(jar).manifest() : content.getManifest().getMainAttributes();
        }
    }

    private static String requireExports(String exports, Path place) throws IOException {
        if (exports == null) {
            throw new IOException(place + " has no Export-Package in its manifest; it was not built as a bundle");
        }
        return exports;
    }

    private static Path placeOf(Class<?> type) throws IOException {
        try {
            return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException unexpected) {
            throw new IOException("cannot tell where " + type + " was loaded from", unexpected);
        }
    }

    private void addVersions(String header) {
        for (ManifestHeader.Clause clause : ManifestHeader.parse(header)) {
            Version version = Version.parseVersion(clause.parameter("version", "0.0.0"));
            List<Version> offered = new ArrayList<>(versionsOf(clause.name()));
            offered.add(version);
            versions.put(clause.name(), offered);
        }
    }

    private void addJavaPackage(String name) {
        if (!versions.containsKey(name) && isExportedByJdk(name)) {
            javaPackages.add(name);
            versions.put(name, List.of(Version.emptyVersion));
        }
    }

    private static boolean isExportedByJdk(String name) {
        for (Module module : ModuleLayer.boot().modules()) {
            if (module.isExported(name)) {
                return true;
            }
        }
        return false;
    }

    /** The Export-Package clauses of the host. */
    String ofHost() {
        return hostExports;
    }

    /** The names of the packages of the host. */
    Set<String> packagesOfHost() {
        Set<String> names = new TreeSet<>();
        for (ManifestHeader.Clause clause : ManifestHeader.parse(hostExports)) {
            names.add(clause.name());
        }
        return names;
    }

    /** The names of the JDK's packages that are offered, with commas between. */
    String ofJdk() {
        return String.join(",", javaPackages);
    }

    /** What {@code jar}, one of those that this was made for, imports. */
    List<ManifestHeader.Clause> importsOf(PluginJar jar) {
        return imports.get(jar);
    }

    /** All versions of {@code name} that somebody offers. */
    List<Version> versionsOf(String name) {
        return versions.getOrDefault(name, List.of());
    }
}
