package dev.stasis.host.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.jar.Attributes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A bundle needs no framework if there is one way only to wire it: to the host. Whatever is unclear is the framework's. */
class HostWiringTest {
    private final Attributes manifest = new Attributes();

    HostWiringTest() {
        manifest.putValue("Bundle-ManifestVersion", "2");
        manifest.putValue("Bundle-SymbolicName", "test.bundle");
        manifest.putValue("Bundle-Version", "1.0.0");
        manifest.putValue("Import-Package", "dev.stasis.spi;version=\"[1.0,2)\"");
    }

    private PluginJar jar() {
        return new PluginJar(Path.of("/test.jar"), manifest, new Properties(), List.of());
    }

    private boolean suffices() throws IOException {
        List<PluginJar> jars = List.of(jar());
        return new HostWiring(PackageExports.offeredTo(jars)).sufficesFor(jars);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "none", value = {
        "Import-Package          | none",
        "Import-Package          | dev.stasis.spi,dev.stasis.linux;version=\"[1.0,2)\",com.google.protobuf",
        "Import-Package          | dev.stasis.spi,java.util,javax.xml.parsers",
        "Import-Package          | dev.stasis.spi,no.such.place;resolution:=optional;version=\"[1,2)\"",
        "Bundle-Version          | none",
        "Require-Capability      | osgi.ee;filter:=\"(&(osgi.ee=JavaSE)(version=17))\"",
        "Private-Package         | test",
    })
    void theHostSufficesFor(String header, String value) throws IOException {
        set(header, value);
        assertThat(suffices()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "none", value = {
        "Import-Package          | dev.stasis.spi;version=\"[2.0,3)\"",
        "Import-Package          | dev.stasis.spi,no.such.place",
        "Import-Package          | dev.stasis.spi,dev.stasis.spi",
        "Import-Package          | dev.stasis.spi;version=\"[1.0\"",
        "Import-Package          | dev.stasis.spi;version=1.x",
        "Import-Package          | dev.stasis.spi;bundle-symbolic-name=other",
        "Import-Package          | javax.xml.parsers;version=\"[1.0,2)\"",
        "Import-Package          | org.osgi.framework",
        "Bundle-ManifestVersion  | none",
        "Bundle-ManifestVersion  | 1",
        "Bundle-SymbolicName     | test.bundle;singleton:=true",
        "Bundle-Version          | one",
        "Require-Capability      | osgi.ee;filter:=\"(&(osgi.ee=JavaSE)(version=99))\"",
        "Require-Capability      | osgi.ee;filter:=\"(osgi.ee=JavaSE)\"",
        "Require-Capability      | osgi.ee;filter:=\"(&(osgi.ee=JavaSE)(version=x))\"",
        "Require-Capability      | osgi.extender;filter:=\"(osgi.extender=osgi.component)\"",
        "Require-Bundle          | other",
        "Fragment-Host           | other",
        "Export-Package          | test",
        "Provide-Capability      | test",
        "DynamicImport-Package   | *",
        "Bundle-Activator        | test.Activator",
        "Bundle-ClassPath        | .,lib.jar",
        "Bundle-NativeCode       | lib.so",
        "Multi-Release           | true",
    })
    void theFrameworkIsNeededFor(String header, String value) throws IOException {
        set(header, value);
        assertThat(suffices()).isFalse();
    }

    @Test
    void oneBundleThatNeedsTheFrameworkIsEnoughForAll() throws IOException {
        PluginJar simple = jar();
        Attributes activated = new Attributes(manifest);
        activated.putValue("Bundle-Activator", "test.Activator");
        List<PluginJar> jars = List.of(simple, new PluginJar(Path.of("/other.jar"), activated, new Properties(), List.of()));
        assertThat(new HostWiring(PackageExports.offeredTo(jars)).sufficesFor(jars)).isFalse();
    }

    private void set(String header, String value) {
        if (value == null) {
            manifest.remove(new Attributes.Name(header));
        } else {
            manifest.putValue(header, value);
        }
    }
}
