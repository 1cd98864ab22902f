package dev.stasis.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.plugin.PluginRegistry;
import dev.stasis.spi.StasisPlugin;
import dev.stasis.testkit.FelixExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(FelixExtension.class)
class FelixExtensionTest {

    @Test
    void everyPluginOfTheClassPathIsABundleWithALoaderOfItsOwn(PluginRegistry registry) {
        assertThat(registry.rejected()).isEmpty();
        assertThat(registry.plugins()).extracting(StasisPlugin::id).contains("regular-files", "pipes", "inotify", "ghost-files");
        assertThat(registry.plugins()).allSatisfy(plugin -> {
            assertThat(registry.originOf(plugin).door()).isEqualTo("bundle");
            assertThat(plugin.getClass().getClassLoader()).isNotSameAs(getClass().getClassLoader());
        });
    }
}
