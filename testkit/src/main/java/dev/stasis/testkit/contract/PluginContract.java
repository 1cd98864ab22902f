package dev.stasis.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.plugin.LoadedPlugin;
import dev.stasis.host.plugin.PluginOrigin;
import dev.stasis.host.plugin.PluginRegistry;
import dev.stasis.spi.FdKind;
import dev.stasis.spi.StasisPlugin;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Modifier;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What every plugin's entry must be like. Inherit, and say which plugin is meant. */
public abstract class PluginContract {
    private static final String SERVICES = "META-INF/services/" + StasisPlugin.class.getName();

    /** A new instance of the plugin, by its public constructor. */
    protected abstract StasisPlugin plugin();

    @Test
    protected void theHostAdmitsIt() {
        PluginRegistry registry = PluginRegistry.of(List.of(new LoadedPlugin(plugin(), new PluginOrigin("test", "the plugin"))));
        assertThat(registry.rejected()).isEmpty();
        assertThat(registry.plugins()).hasSize(1);
    }

    @Test
    protected void itIsNamedByAServicesFileAndCanBeMadeFromOutside() throws IOException, ReflectiveOperationException {
        Class<?> type = plugin().getClass();
        assertThat(Modifier.isPublic(type.getModifiers())).as(type + " is public").isTrue();
        assertThat(type.getConstructor().newInstance()).isInstanceOf(StasisPlugin.class);
        List<String> named = new ArrayList<>();
        for (Enumeration<URL> files = type.getClassLoader().getResources(SERVICES); files.hasMoreElements();) {
            try (InputStream content = files.nextElement().openStream()) {
                named.addAll(new String(content.readAllBytes(), StandardCharsets.UTF_8).lines().map(String::strip).toList());
            }
        }
        assertThat(named).as("what " + SERVICES + " names").contains(type.getName());
    }

    @Test
    protected void itGivesTheSameAnswersHoweverOftenItIsAsked() {
        StasisPlugin plugin = plugin();
        assertThat(plugin.id()).isEqualTo(plugin.id()).isEqualTo(plugin().id());
        assertThat(plugin.version()).isEqualTo(plugin().version());
        assertThat(plugin.fdKinds().stream().map(FdKind::name).toList()).isEqualTo(plugin.fdKinds().stream().map(FdKind::name).toList());
        assertThat(plugin.options()).containsExactlyElementsOf(plugin.options());
    }

    @Test
    protected void itsOptionsAreDescribed() {
        assertThat(plugin().options()).allSatisfy(option -> {
            assertThat(option.name()).matches("[a-z][a-z0-9-]*");
            assertThat(option.description()).endsWith(".");
        });
    }

    @Test
    protected void itSaysWhatTheMachineLacksWithoutFailing() {
        assertThat(plugin().check()).allSatisfy(problem -> assertThat(problem.help()).isNotEmpty());
    }
}
