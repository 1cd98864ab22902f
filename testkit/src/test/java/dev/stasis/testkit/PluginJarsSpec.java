package dev.stasis.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SandboxExtension.class)
class PluginJarsSpec {

    @Test
    void collectsThePluginsOfTheClassPathAsBundles(Sandbox sandbox) throws Exception {
        Path plugins = PluginJars.collect(sandbox.path("plugins"), name -> true);
        assertThat(plugins.toFile().list()).contains("dev.stasis.regular-files.jar");
        try (JarFile jar = new JarFile(plugins.resolve("dev.stasis.regular-files.jar").toFile())) {
            assertThat(jar.getManifest().getMainAttributes().getValue("Bundle-Version")).isNotNull();
            assertThat(jar.getEntry("META-INF/services/dev.stasis.spi.StasisPlugin")).isNotNull();
        }
    }

    @Test
    void leavesOutWhatIsNotWanted(Sandbox sandbox) {
        assertThat(PluginJars.collect(sandbox.path("plugins"), name -> false)).isEmptyDirectory();
    }
}
