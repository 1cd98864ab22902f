package dev.stasis.host.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.spi.PluginOption;
import dev.stasis.spi.StasisPlugin;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.Test;

class PluginArgumentsTest {
    private final PluginArguments arguments = PluginArguments.of(List.of(new StasisPlugin() {
        @Override
        public String id() {
            return "ghosts";
        }

        @Override
        public String version() {
            return "1.0.0";
        }

        @Override
        public Collection<PluginOption> options() {
            return List.of(new PluginOption("ghost-limit", "SIZE", "The largest ghost."),
                    new PluginOption("keep-times", "", "Keep times."),
                    new PluginOption("placement", "image|relink", "Where they go."),
                    new PluginOption("room", "SIZE|none", "How large they may be together."));
        }
    }));

    @Test
    void aValueMayBeAttachedOrFollow() {
        assertThat(arguments.read(List.of("--ghost-limit=1M", "--keep-times"))).containsEntry("ghost-limit", List.of("1M"))
                .containsEntry("keep-times", List.of(""));
        assertThat(arguments.read(List.of("--ghost-limit", "1M"))).containsEntry("ghost-limit", List.of("1M")).hasSize(1);
    }

    @Test
    void allValuesAreKeptInOrder() {
        assertThat(arguments.read(List.of("--ghost-limit=1M", "--ghost-limit=2M"))).containsEntry("ghost-limit", List.of("1M", "2M"));
    }

    @Test
    void anOptionThatNoPluginKnowsIsWrongUsage() {
        assertThatThrownBy(() -> arguments.read(List.of("--ghost-limits=1M"))).isInstanceOf(UsageException.class)
                .hasMessage("unknown option '--ghost-limits'; no plugin knows it either");
        assertThatThrownBy(() -> arguments.read(List.of("-x"))).hasMessageContaining("unknown option '-x'");
        assertThatThrownBy(() -> arguments.read(List.of("word"))).hasMessage("unexpected argument 'word'");
    }

    @Test
    void aMissingOrNeedlessValueIsWrongUsage() {
        assertThatThrownBy(() -> arguments.read(List.of("--ghost-limit")))
                .hasMessage("option '--ghost-limit' needs a value: --ghost-limit=SIZE");
        assertThatThrownBy(() -> arguments.read(List.of("--keep-times=yes")))
                .hasMessage("option '--keep-times' takes no value");
    }

    @Test
    void aValueOutsideOfAListOfWordsIsWrongUsage() {
        assertThat(arguments.read(List.of("--placement=relink", "--room=5M"))).hasSize(2);
        assertThatThrownBy(() -> arguments.read(List.of("--placement", "Image"))).isInstanceOf(UsageException.class)
                .hasMessage("option '--placement' cannot be 'Image'; it can be image, relink");
        assertThatThrownBy(() -> arguments.read(List.of("--placement="))).hasMessageContaining("cannot be ''");
    }
}
