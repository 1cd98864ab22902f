package dev.stasis.host.plugin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.host.SilentLog;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a bundle sees is what its manifest says, whether or not the framework loads it. */
class BundleVisibilityTest {
    @TempDir
    private Path directory;

    private PluginRuntime start(boolean inFramework) {
        PluginSources sources = PluginSources.of(directory);
        return PluginRuntime.start(inFramework ? sources.withFramework() : sources, new SilentLog());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aPluginSeesNothingOfTheHostThatItDoesNotImport(boolean inFramework) throws IOException {
        BundleJar.named("test.proto").plugin("proto", """
                public String look() { return com.google.protobuf.ByteString.copyFromUtf8("x").toString(); }
                """).in(directory, "proto.jar");
        try (PluginRuntime runtime = start(inFramework)) {
            ClassLoader loader = runtime.registry().plugins().get(0).getClass().getClassLoader();
            for (String hidden : List.of("com.google.protobuf.ByteString", "javax.xml.parsers.SAXParser", "org.osgi.framework.Bundle")) {
                assertThatThrownBy(() -> loader.loadClass(hidden)).isInstanceOf(ClassNotFoundException.class);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aPackageThatIsImportedIsTakenFromNowhereElse(boolean inFramework) throws IOException {
        BundleJar.withPlugin("copy").header("Import-Package", "dev.stasis.spi;version=\"[1.0,2)\",java.util")
                .source("dev.stasis.spi.Own", "package dev.stasis.spi; public class Own {}")
                .file("dev/stasis/spi/own.txt", new byte[0]).in(directory, "copy.jar");
        try (PluginRuntime runtime = start(inFramework)) {
            ClassLoader loader = runtime.registry().plugins().get(0).getClass().getClassLoader();
            assertThatThrownBy(() -> loader.loadClass("dev.stasis.spi.Own")).isInstanceOf(ClassNotFoundException.class);
            assertThat(loader.getResource("dev/stasis/spi/own.txt")).isNull();
            assertThat(loader.getResourceAsStream("dev/stasis/spi/own.txt")).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aPluginReadsTheFilesOfItsOwnJarAndNoneOfTheHosts(boolean inFramework) throws IOException {
        BundleJar.withPlugin("words").file("words/list.txt", "one two".getBytes(UTF_8)).in(directory, "words.jar");
        try (PluginRuntime runtime = start(inFramework)) {
            Class<?> plugin = runtime.registry().plugins().get(0).getClass();
            try (InputStream list = plugin.getResourceAsStream("/words/list.txt")) {
                assertThat(list).hasContent("one two");
            }
            try (InputStream list = plugin.getResourceAsStream("list.txt"); InputStream url = plugin.getResource("list.txt").openStream()) {
                assertThat(list).hasContent("one two");
                assertThat(url).hasContent("one two");
            }
            assertThat(Collections.list(plugin.getClassLoader().getResources("META-INF/MANIFEST.MF"))).hasSize(1);
            assertThat(plugin.getResource("/dev/stasis/host/cli/Main.class")).isNull();
            assertThat(plugin.getResource("/words/none.txt")).isNull();
            assertThat(plugin.getResourceAsStream("/words/none.txt")).isNull();
        }
    }
}
