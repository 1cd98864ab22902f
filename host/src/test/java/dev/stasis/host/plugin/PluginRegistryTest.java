package dev.stasis.host.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.spi.Claim;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.DumpContext;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.PathRemap;
import dev.stasis.spi.RestoreContext;
import dev.stasis.spi.StasisException;
import dev.stasis.spi.StasisPlugin;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The registry is made of plugins and their origins, and knows no door. */
class PluginRegistryTest {

    private static LoadedPlugin plugin(String id, String... remaps) {
        List<Remap> added = Arrays.stream(remaps).map(Remap::new).toList();
        return new LoadedPlugin(new Fixed(id, added), new PluginOrigin("test", id + ".jar"));
    }

    private record Fixed(String id, List<Remap> added) implements StasisPlugin {
        @Override
        public String version() {
            return "1.0.0";
        }

        @Override
        public Collection<? extends PathRemap> pathRemaps() {
            return added;
        }
    }

    private record Remap(String name) implements PathRemap {
        @Override
        public Claim claim(OpenFile file, ClaimContext context) {
            throw new AssertionError();
        }

        @Override
        public byte[] dump(OpenFile file, DumpContext context) {
            throw new AssertionError();
        }

        @Override
        public Fd open(FileRecord record, Fd base, UnixPath path, OpenFlags flags, RestoreContext context) {
            throw new AssertionError();
        }
    }

    @Test
    void whatPluginsAddComesInTheirOrder() {
        PluginRegistry registry = PluginRegistry.of(List.of(plugin("b", "two", "one"), plugin("a", "three")));
        assertThat(registry.pathRemaps()).extracting(PathRemap::name).containsExactly("two", "one", "three");
        assertThat(registry.ownerOf(registry.pathRemaps().get(2)).id()).isEqualTo("a");
    }

    @Test
    void aNameThatIsTakenTurnsTheSecondPluginAwayNamingBoth() {
        PluginRegistry registry = PluginRegistry.of(List.of(plugin("first", "ghost"), plugin("second", "fine", "ghost")));
        assertThat(registry.plugins()).extracting(StasisPlugin::id).containsExactly("first");
        assertThat(registry.pathRemaps()).hasSize(1);
        assertThat(registry.rejected()).singleElement().extracting(rejected -> rejected.problem().toString())
                .isEqualTo("plugin second in second.jar: its path remap ghost is already that of plugin first in first.jar"
                        + " (remove one of the two, or have it use another name)");
    }

    @Test
    void aPluginThatUsesOneNameTwiceIsTurnedAway() {
        PluginRegistry registry = PluginRegistry.of(List.of(plugin("odd", "same", "same")));
        assertThat(registry.plugins()).isEmpty();
        assertThat(registry.rejected()).hasSize(1);
    }

    @Test
    void aPluginThatFailsWhenAskedIsTurnedAwayAndTheOthersStay() {
        StasisPlugin failing = new StasisPlugin() {
            @Override
            public String id() {
                return "failing";
            }

            @Override
            public String version() {
                throw new UnsupportedOperationException("not yet");
            }
        };
        PluginRegistry registry = PluginRegistry.of(
                List.of(new LoadedPlugin(failing, new PluginOrigin("test", "failing.jar")), plugin("good")));
        assertThat(registry.plugins()).extracting(StasisPlugin::id).containsExactly("good");
        assertThat(registry.rejected()).singleElement().extracting(rejected -> rejected.problem().toString()).asString()
                .contains("failing.jar: it failed when asked what it adds: java.lang.UnsupportedOperationException: not yet");
    }

    @Test
    void aChoiceOfPluginsKeepsOnlyWhatThoseAdd() {
        PluginRegistry chosen = PluginRegistry.of(List.of(plugin("a", "one"), plugin("b", "two"))).only(List.of("b"));
        assertThat(chosen.plugins()).extracting(StasisPlugin::id).containsExactly("b");
        assertThat(chosen.pathRemaps()).extracting(PathRemap::name).containsExactly("two");
    }

    @Test
    void aChoiceOfAPluginThatIsNotThereNamesThosePresent() {
        PluginRegistry registry = PluginRegistry.of(List.of(plugin("a"), plugin("b")));
        assertThatThrownBy(() -> registry.only(List.of("a", "c"))).isInstanceOf(StasisException.class)
                .hasMessage("plugin c: it is not installed (present: a 1.0.0, b 1.0.0)");
    }

    @Test
    void aChoiceOfAPluginThatCannotBeUsedSaysWhy() {
        PluginRegistry registry = PluginRegistry.of(List.of(plugin("a"), plugin("twin"), plugin("twin")));
        assertThatThrownBy(() -> registry.only(List.of("twin"))).isInstanceOf(StasisException.class)
                .hasMessageContaining("has the same id");
    }
}
