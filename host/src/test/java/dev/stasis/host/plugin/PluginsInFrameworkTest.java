package dev.stasis.host.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.SilentLog;
import dev.stasis.spi.StasisPlugin;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleReference;

/** The same bundles are the same plugins when a real Felix loads them. */
class PluginsInFrameworkTest extends PluginRuntimeTest {
    @TempDir
    private Path directory;

    @Override
    PluginSources sources(Path directory) {
        return PluginSources.of(directory).withFramework();
    }

    @Test
    void nothingOfTheFrameworkKeepsTheProgramAlive() throws IOException {
        BundleJar.withPlugin("first").in(directory, "first.jar");
        Set<Thread> before = new HashSet<>(Thread.getAllStackTraces().keySet());
        try (PluginRuntime runtime = PluginRuntime.start(sources(directory), new SilentLog())) {
            assertThat(runtime.registry().plugins()).hasSize(1);
            Set<Thread> during = new HashSet<>(Thread.getAllStackTraces().keySet());
            during.removeAll(before);
            assertThat(during).isNotEmpty().allMatch(Thread::isDaemon);
        }
    }

    @Test
    void oneBundleThatNeedsTheFrameworkHasAllLoadedByIt() throws IOException {
        BundleJar.withPlugin("first").in(directory, "1.jar");
        BundleJar.withPlugin("lender").header("Export-Package", "lender").in(directory, "2.jar");
        try (PluginRuntime runtime = PluginRuntime.start(PluginSources.of(directory), new SilentLog())) {
            assertThat(runtime.registry().rejected()).isEmpty();
            assertThat(runtime.registry().plugins()).extracting(StasisPlugin::id).containsExactly("first", "lender");
            assertThat(runtime.registry().plugins()).allMatch(plugin -> plugin.getClass().getClassLoader() instanceof BundleReference);
        }
    }
}
