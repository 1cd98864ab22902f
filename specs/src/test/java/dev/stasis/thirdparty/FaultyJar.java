package dev.stasis.thirdparty;

import dev.stasis.spi.StasisPlugin;
import dev.stasis.testkit.PluginJars;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/** Jars with the package {@code dev.stasis.thirdparty.faulty}, as its authors would ship it. */
final class FaultyJar {
    private static final String PACKAGE = "dev/stasis/thirdparty/faulty/";

    private FaultyJar() {}

    /** The doors that a jar can come through. */
    enum Door {
        /** OSGi. */
        BUNDLE {
            @Override
            void describe(Attributes manifest) {
                manifest.putValue("Bundle-ManifestVersion", "2");
                manifest.putValue("Bundle-SymbolicName", "org.example.faulty");
                manifest.putValue("Bundle-Version", "1.2.3");
                manifest.putValue("Import-Package", "dev.stasis.spi;version=\"[1.0,2)\",dev.stasis.linux;version=\"[1.0,2)\","
                        + "dev.stasis.linux.fs;version=\"[1.0,2)\"");
            }
        },
        /** PF4J. */
        PLAIN {
            @Override
            void describe(Attributes manifest) {
                manifest.putValue("Plugin-Id", "faulty");
                manifest.putValue("Plugin-Version", "1.2.3");
                manifest.putValue("Plugin-Requires", "[1.0,2)");
            }
        };

        abstract void describe(Attributes manifest);

        /** A jar for this door in {@code directory}, whose entry is {@code plugin}. */
        Path jar(Path directory, Class<? extends StasisPlugin> plugin) throws IOException {
            Path jar = directory.resolve("faulty-1.2.3.jar");
            Manifest manifest = new Manifest();
            manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
            describe(manifest.getMainAttributes());
            try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
                put(out, "META-INF/services/" + StasisPlugin.class.getName(), plugin.getName().getBytes());
                for (Path file : classes(plugin)) {
                    put(out, PACKAGE + file.getFileName(), Files.readAllBytes(file));
                }
            }
            return jar;
        }
    }

    private static Iterable<Path> classes(Class<?> plugin) throws IOException {
        Path folder = Path.of(plugin.getProtectionDomain().getCodeSource().getLocation().getPath()).resolve(PACKAGE);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.class")) {
            List<Path> classes = new ArrayList<>();
            files.forEach(classes::add);
            return classes;
        }
    }

    private static void put(JarOutputStream out, String name, byte[] bytes) throws IOException {
        out.putNextEntry(new JarEntry(name));
        out.write(bytes);
        out.closeEntry();
    }

    /** Puts the plugin for regular files, and no other of ours, into {@code plugins}. */
    static void regularFiles(Path plugins) {
        PluginJars.collect(plugins, name -> name.contains("regular-files"));
    }
}
