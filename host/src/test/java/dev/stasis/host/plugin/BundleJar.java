package dev.stasis.host.plugin;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/** A throw-away plugin jar: compiled from sources given as text, with a manifest given as headers; a bundle unless it is made plain. */
final class BundleJar {
    private static final String SERVICES = "META-INF/services/dev.stasis.spi.StasisPlugin";

    private final Map<String, String> headers = new LinkedHashMap<>();
    private final Map<String, String> sources = new LinkedHashMap<>();
    private final List<String> services = new ArrayList<>();
    private final Map<String, byte[]> files = new LinkedHashMap<>();

    private BundleJar(String symbolicName) {
        header("Bundle-ManifestVersion", "2");
        header("Bundle-SymbolicName", symbolicName);
        header("Bundle-Version", "1.0.0");
        header("Import-Package", "dev.stasis.spi;version=\"[1.0,2)\"");
    }

    static BundleJar named(String symbolicName) {
        return new BundleJar(symbolicName);
    }

    /** A bundle with one plugin {@code id} in class {@code PACKAGE.Plugin}, the package being the id without dashes. */
    static BundleJar withPlugin(String id) {
        return named("test." + id).plugin(id, "");
    }

    /** Adds plugin {@code id} with more members. */
    BundleJar plugin(String id, String members) {
        return plugin(id, "1.2.3", members);
    }

    /** Adds plugin {@code id} in {@code version} with more members. */
    BundleJar plugin(String id, String version, String members) {
        String packageName = id.replace("-", "");
        return source(packageName + ".Plugin", """
                package %s;
                import dev.stasis.spi.*;
                import dev.stasis.linux.*;
                import java.util.*;
                public class Plugin implements StasisPlugin {
                    public String id() { return "%s"; }
                    public String version() { return "%s"; }
                    %s
                }
                """.formatted(packageName, id, version, members)).service(packageName + ".Plugin");
    }

    /** No bundle any more: one with the descriptor of plain plugin {@code id} in its manifest. */
    BundleJar plain(String id, String requires) {
        headers.clear();
        return header("Plugin-Id", id).header("Plugin-Version", "1.2.3").header("Plugin-Requires", requires);
    }

    /** One more file, called {@code name}. */
    BundleJar file(String name, byte[] content) {
        files.put(name, content);
        return this;
    }

    BundleJar header(String name, String value) {
        headers.put(name, value);
        return this;
    }

    BundleJar without(String header) {
        headers.remove(header);
        return this;
    }

    BundleJar source(String className, String text) {
        sources.put(className, text);
        return this;
    }

    BundleJar service(String className) {
        services.add(className);
        return this;
    }

    /** Compiles it and writes it to {@code directory/fileName}. */
    Path in(Path directory, String fileName) throws IOException {
        Path classes = Files.createTempDirectory("stasis-test-bundle");
        try {
            compile(classes);
            Path jar = directory.resolve(fileName);
            write(classes, jar);
            return jar;
        } finally {
            try (Stream<Path> files = Files.walk(classes)) {
                for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private void compile(Path classes) throws IOException {
        for (Map.Entry<String, String> source : sources.entrySet()) {
            Path file = classes.resolve(source.getKey().substring(source.getKey().lastIndexOf('.') + 1) + ".java");
            Files.writeString(file, source.getValue());
            int status = ToolProvider.getSystemJavaCompiler().run(null, null, null, "-proc:none", "--release", "17",
                    "-cp", System.getProperty("java.class.path"), "-d", classes.toString(), file.toString());
            if (status != 0) {
                throw new IOException("the test's own bundle does not compile: " + source.getValue());
            }
        }
    }

    private void write(Path classes, Path jar) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        headers.forEach((name, value) -> manifest.getMainAttributes().putValue(name, value));
        try (OutputStream file = Files.newOutputStream(jar); JarOutputStream out = new JarOutputStream(file, manifest);
                Stream<Path> compiled = Files.walk(classes)) {
            for (Path path : compiled.filter(path -> path.toString().endsWith(".class")).toList()) {
                out.putNextEntry(new JarEntry(classes.relativize(path).toString()));
                out.write(Files.readAllBytes(path));
            }
            if (!services.isEmpty()) {
                out.putNextEntry(new JarEntry(SERVICES));
                out.write(String.join("\n", services).getBytes(StandardCharsets.UTF_8));
            }
            for (Map.Entry<String, byte[]> added : files.entrySet()) {
                out.putNextEntry(new JarEntry(added.getKey()));
                out.write(added.getValue());
            }
        }
    }
}
