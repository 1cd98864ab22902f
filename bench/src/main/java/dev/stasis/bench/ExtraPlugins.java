package dev.stasis.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import javax.tools.ToolProvider;

/** Plugins that each offer to keep files which nobody has. */
final class ExtraPlugins {
    private static final String PLUGIN = """
            package extra%1$d;
            import dev.stasis.linux.*;
            import dev.stasis.spi.*;
            import java.util.*;
            public class Extra implements StasisPlugin, FdKind {
                public String id() { return "extra-%1$d"; }
                public String version() { return "1.0.0"; }
                public Collection<FdKind> fdKinds() { return List.of(this); }
                public String name() { return "extra-%1$d"; }
                public ImageType imageType() { return new ImageType(2000 + %1$d, 2000 + %1$d); }
                public Claim claim(OpenFile file, ClaimContext context) {
                    return file.link().endsWith(".extra%1$d") ? Claim.take(Claim.Fit.SPECIAL) : Claim.none();
                }
                public byte[] dump(OpenFile file, DumpContext context) { return new byte[0]; }
                public Fd restore(FileRecord record, RestoreContext context) { throw new IllegalStateException(); }
            }
            """;

    private ExtraPlugins() {}

    /** Makes {@code count} of them in {@code directory}. */
    static void make(Path directory, int count, boolean plain) throws IOException {
        for (int i = 1; i <= count; i++) {
            Path source = Files.writeString(directory.resolve("Extra.java"), PLUGIN.formatted(i));
            int status = ToolProvider.getSystemJavaCompiler().run(null, null, null, "-proc:none", "--release", "17", "-cp",
                    System.getProperty("java.class.path"), "-d", directory.toString(), source.toString());
            if (status != 0) {
                throw new IOException("an extra plugin does not compile");
            }
            Path classFile = directory.resolve("extra" + i + "/Extra.class");
            pack(directory.resolve("extra" + i + ".jar"), manifest(i, plain), i, Files.readAllBytes(classFile));
            Files.delete(classFile);
            Files.delete(classFile.getParent());
            Files.delete(source);
        }
    }

    private static Manifest manifest(int i, boolean plain) {
        Manifest manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        if (plain) {
            attributes.putValue("Plugin-Id", "extra-" + i);
            attributes.putValue("Plugin-Version", "1.0.0");
            attributes.putValue("Plugin-Requires", "[1.0,2)");
        } else {
            attributes.putValue("Bundle-ManifestVersion", "2");
            attributes.putValue("Bundle-SymbolicName", "extra" + i);
            attributes.putValue("Bundle-Version", "1.0.0");
            attributes.putValue("Import-Package", "dev.stasis.linux;version=\"[1.0,2)\",dev.stasis.spi;version=\"[1.0,2)\"");
        }
        return manifest;
    }

    private static void pack(Path jar, Manifest manifest, int i, byte[] classFile) throws IOException {
        try (OutputStream file = Files.newOutputStream(jar); JarOutputStream out = new JarOutputStream(file, manifest)) {
            out.putNextEntry(new ZipEntry("META-INF/services/dev.stasis.spi.StasisPlugin"));
            out.write(("extra" + i + ".Extra\n").getBytes(StandardCharsets.UTF_8));
            out.putNextEntry(new ZipEntry("extra" + i + "/Extra.class"));
            out.write(classFile);
        }
    }
}
