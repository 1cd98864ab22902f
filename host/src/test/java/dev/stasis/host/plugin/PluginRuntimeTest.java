package dev.stasis.host.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.host.SilentLog;
import dev.stasis.spi.FdKind;
import dev.stasis.spi.PluginOption;
import dev.stasis.spi.StasisException;
import dev.stasis.spi.StasisPlugin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bundles are loaded as OSGi has it; what cannot be used is turned away with jar, plugin and reason. */
class PluginRuntimeTest {
    private static final String KIND = """
            public Collection<FdKind> fdKinds() { return List.of(new FdKind() {
                public String name() { return "%s"; }
                public ImageType imageType() { return new ImageType(1001, 1001); }
                public Claim claim(OpenFile file, ClaimContext context) { return null; }
                public byte[] dump(OpenFile file, DumpContext context) { return new byte[0]; }
                public Fd restore(FileRecord record, RestoreContext context) { return null; }
            }); }
            """;

    @TempDir
    private Path directory;

    private PluginRuntime start() {
        return PluginRuntime.start(sources(directory), new SilentLog());
    }

    /** The bundles of {@code directory}, of which those that need only the host need no framework. */
    PluginSources sources(Path directory) {
        return PluginSources.of(directory);
    }

    @Test
    void aPluginIsFoundByTheServicesFileOfItsBundle() throws IOException {
        Path jar = BundleJar.withPlugin("first").in(directory, "first.jar");
        try (PluginRuntime runtime = start()) {
            StasisPlugin plugin = runtime.registry().plugins().get(0);
            assertThat(plugin.id()).isEqualTo("first");
            assertThat(plugin.version()).isEqualTo("1.2.3");
            assertThat(runtime.registry().originOf(plugin)).isEqualTo(new PluginOrigin("bundle", jar.toString()));
            assertThat(runtime.registry().rejected()).isEmpty();
        }
    }

    @Test
    void aPluginSeesTheHostsSpiButNothingElseOfTheHost() throws IOException {
        BundleJar.named("test.nosy").plugin("nosy", """
                private String look() {
                    try {
                        Class.forName("dev.stasis.host.plugin.PluginRuntime", false, getClass().getClassLoader());
                        return "sees the host";
                    } catch (ClassNotFoundException hidden) {
                        return "sees nothing of the host";
                    }
                }
                public List<PluginOption> options() { return List.of(new PluginOption(look(), "", "")); }
                """).in(directory, "nosy.jar");
        try (PluginRuntime runtime = start()) {
            StasisPlugin plugin = runtime.registry().plugins().get(0);
            assertThat(plugin.getClass().getClassLoader()).isNotSameAs(StasisPlugin.class.getClassLoader());
            assertThat(plugin.options()).singleElement().extracting(PluginOption::name).isEqualTo("sees nothing of the host");
        }
    }

    @Test
    void aPluginUsesProtobufFromTheHostWhenItImportsIt() throws IOException {
        BundleJar.named("test.proto").plugin("proto", """
                public String look() { return com.google.protobuf.ByteString.copyFromUtf8("x").toString(); }
                """).header("Import-Package", "dev.stasis.spi;version=\"[1.0,2)\",com.google.protobuf;version=\"[4.0,5)\"")
                .in(directory, "proto.jar");
        try (PluginRuntime runtime = start()) {
            assertThat(runtime.registry().rejected()).isEmpty();
            ClassLoader loader = runtime.registry().plugins().get(0).getClass().getClassLoader();
            assertThat(loadedBy(loader, "com.google.protobuf.ByteString")).isSameAs(com.google.protobuf.ByteString.class);
        }
    }

    private static Class<?> loadedBy(ClassLoader loader, String name) {
        try {
            return loader.loadClass(name);
        } catch (ClassNotFoundException missing) {
            throw new AssertionError(missing);
        }
    }

    @Test
    void aPluginThatImportsMoreIfThereIsAnyGetsByWithoutIt() throws IOException {
        BundleJar.withPlugin("modest").header("Import-Package", "dev.stasis.spi;version=\"[1.0,2)\",no.such.place;resolution:=optional")
                .in(directory, "modest.jar");
        try (PluginRuntime runtime = start()) {
            assertThat(runtime.registry().plugin("modest")).isPresent();
        }
    }

    @Test
    void aPluginUsesPackagesOfTheJdkThatItImports() throws IOException {
        BundleJar.withPlugin("xml").header("Import-Package",
                "dev.stasis.spi;version=\"[1.0,2)\",javax.xml.parsers,java.util").in(directory, "xml.jar");
        try (PluginRuntime runtime = start()) {
            assertThat(runtime.registry().plugin("xml")).isPresent();
        }
    }

    @Test
    void aBundleMayBringALibraryForOthers() throws IOException {
        BundleJar.named("test.library").header("Export-Package", "lib;version=\"2.1.0\"")
                .source("lib.Words", "package lib; public class Words { public static String word() { return \"lent\"; } }")
                .in(directory, "a-library.jar");
        BundleJar.withPlugin("borrower").header("Import-Package", "dev.stasis.spi;version=\"[1.0,2)\",lib;version=\"[2.0,3)\"")
                .in(directory, "b-borrower.jar");
        try (PluginRuntime runtime = start()) {
            assertThat(runtime.registry().plugin("borrower")).isPresent();
            assertThat(runtime.registry().rejected()).isEmpty();
        }
    }

    @Test
    void pluginsComeInTheOrderOfTheirFileNames() throws IOException {
        BundleJar.withPlugin("zebra").in(directory, "1.jar");
        BundleJar.withPlugin("ant").in(directory, "2.jar");
        BundleJar.withPlugin("mole").in(directory, "3.jar");
        try (PluginRuntime runtime = start()) {
            assertThat(runtime.registry().plugins()).extracting(StasisPlugin::id).containsExactly("zebra", "ant", "mole");
        }
    }

    @Test
    void aPluginMadeForAnotherSpiVersionIsTurnedAwayNamingJarPackageAndRange() throws IOException {
        Path jar = BundleJar.withPlugin("future").header("Import-Package", "dev.stasis.spi;version=\"[2.0,3)\"")
                .in(directory, "future.jar");
        assertRejected("plugin test.future in " + jar
                + ": it needs package dev.stasis.spi in version [2.0,3), but here is [1.1.0]"
                + " (install the version of the plugin that was made for this Stasis, or what it needs)");
    }

    @Test
    void aPluginThatNeedsAPackageNobodyHasIsTurnedAwayNamingIt() throws IOException {
        Path jar = BundleJar.withPlugin("lonely").header("Import-Package", "dev.stasis.spi,no.such.place;version=\"1.5\"")
                .in(directory, "lonely.jar");
        assertRejected("plugin test.lonely in " + jar
                + ": it needs package no.such.place in version 1.5, which nothing here offers"
                + " (install the version of the plugin that was made for this Stasis, or what it needs)");
    }

    @Test
    void aPluginThatNeedsANewerJavaIsTurnedAway() throws IOException {
        Path jar = BundleJar.withPlugin("modern").header("Require-Capability",
                "osgi.ee;filter:=\"(&(osgi.ee=JavaSE)(version=99))\"").in(directory, "modern.jar");
        try (PluginRuntime runtime = start()) {
            assertThat(runtime.registry().rejected()).singleElement().satisfies(plugin -> assertThat(plugin.problem().toString())
                    .startsWith("plugin test.modern in " + jar + ": it does not resolve: ").contains("version=99"));
        }
    }

    @Test
    void aPluginThatFailsInItsConstructorIsTurnedAwayWithWhatItSaid() throws IOException {
        Path jar = BundleJar.named("test.bad").plugin("bad", "public Plugin() { throw new IllegalStateException(\"no mood\"); }")
                .in(directory, "bad.jar");
        assertRejected("plugin bad.Plugin in " + jar
                + ": it failed while it was made: java.lang.IllegalStateException: no mood (remove it, or tell its authors)");
    }

    @Test
    void aServicesFileThatNamesAMissingClassIsTurnedAwayNamingIt() throws IOException {
        Path jar = BundleJar.named("test.gone").service("no.such.Plugin").in(directory, "gone.jar");
        try (PluginRuntime runtime = start()) {
            assertThat(runtime.registry().rejected()).singleElement().satisfies(plugin -> assertThat(plugin.problem().toString())
                    .startsWith("plugin no.such.Plugin in " + jar + ": its services file names a class that cannot be loaded")
                    .contains("no.such.Plugin"));
        }
    }

    @Test
    void aServicesFileThatNamesAClassOfAnotherKindIsTurnedAway() throws IOException {
        Path jar = BundleJar.named("test.other").source("other.Thing", "package other; public class Thing {}")
                .service("other.Thing").in(directory, "other.jar");
        try (PluginRuntime runtime = start()) {
            assertThat(runtime.registry().rejected()).singleElement().satisfies(plugin -> assertThat(plugin.problem().toString())
                    .startsWith("plugin other.Thing in " + jar + ": its services file names a class that is no public plugin"));
        }
    }

    @Test
    void aJarThatIsNeitherBundleNorPlainPluginIsTurnedAway() throws IOException {
        Path jar = BundleJar.withPlugin("plain").without("Bundle-SymbolicName").in(directory, "plain.jar");
        assertRejected("plugin plain.jar in " + jar
                + ": it has neither a Bundle-SymbolicName nor a Plugin-Id in its manifest, and no plugin.properties, so it is no"
                + " plugin (build it as a bundle, or give it a plugin descriptor)");
    }

    @Test
    void aFileThatIsNoJarIsTurnedAway() throws IOException {
        Path jar = Files.writeString(directory.resolve("text.jar"), "not a zip");
        try (PluginRuntime runtime = start()) {
            assertThat(runtime.registry().rejected()).singleElement().satisfies(plugin -> assertThat(plugin.problem().toString())
                    .startsWith("plugin text.jar in " + jar + ": it is not a readable jar: "));
        }
    }

    @Test
    void twoJarsWithOnePluginIdAreBothTurnedAwayNamingEachOther() throws IOException {
        Path one = BundleJar.withPlugin("twin").in(directory, "one.jar");
        Path two = BundleJar.withPlugin("twin").in(directory, "two.jar");
        assertRejected(
                "plugin twin in " + one + ": the plugin in " + two + " has the same id (remove one of the two)",
                "plugin twin in " + two + ": the plugin in " + one + " has the same id (remove one of the two)");
    }

    @Test
    void oneBadPluginDoesNotHinderTheOthers() throws IOException {
        BundleJar.named("test.bad").plugin("bad", "public Plugin() { throw new IllegalStateException(); }")
                .in(directory, "a.jar");
        BundleJar.withPlugin("lonely").header("Import-Package", "dev.stasis.spi,no.such.place").in(directory, "b.jar");
        BundleJar.named("test.good").plugin("good", KIND.formatted("good-kind")).header("Import-Package",
                "dev.stasis.spi,dev.stasis.linux").in(directory, "c.jar");
        try (PluginRuntime runtime = start()) {
            PluginRegistry registry = runtime.registry();
            assertThat(registry.plugins()).extracting(StasisPlugin::id).containsExactly("good");
            FdKind kind = registry.fdKind("good-kind").orElseThrow();
            assertThat(registry.ownerOf(kind).id()).isEqualTo("good");
            assertThat(registry.rejected()).hasSize(2);
        }
    }

    @Test
    void aDirectoryThatIsNotThereIsAnErrorThatNamesIt() {
        Path missing = directory.resolve("missing");
        assertThatThrownBy(() -> PluginRuntime.start(missing, new SilentLog())).isInstanceOf(StasisException.class)
                .hasMessageStartingWith("plugins in " + missing + ": they cannot be read: ");
    }

    @Test
    void closingTwiceDoesNoHarm() {
        PluginRuntime runtime = start();
        runtime.close();
        runtime.close();
    }

    @Test
    void nothingStaysInTheFileSystem() throws IOException {
        BundleJar.withPlugin("first").in(directory, "first.jar");
        Set<Path> before = temporaryFiles();
        try (PluginRuntime runtime = start()) {
            assertThat(runtime.registry().plugins()).hasSize(1);
        }
        assertThat(temporaryFiles()).isEqualTo(before);
    }

    private static Set<Path> temporaryFiles() throws IOException {
        Set<Path> files = new HashSet<>();
        for (String place : List.of("/dev/shm", System.getProperty("java.io.tmpdir"))) {
            try (Stream<Path> entries = Files.list(Path.of(place))) {
                entries.filter(entry -> entry.getFileName().toString().startsWith("stasis-plugins-")).forEach(files::add);
            }
        }
        return files;
    }

    private void assertRejected(String... problems) {
        try (PluginRuntime runtime = start()) {
            assertThat(runtime.registry().plugins()).isEmpty();
            assertThat(runtime.registry().rejected()).extracting(plugin -> plugin.problem().toString())
                    .containsExactly(problems);
        }
    }
}
