package dev.stasis.host.plugin;

import dev.stasis.spi.StasisPlugin;
import java.util.Objects;

/**
 * A plugin that a door let in.
 *
 * @param plugin its entry
 * @param origin where it came from
 */
public record LoadedPlugin(StasisPlugin plugin, PluginOrigin origin) {
    public LoadedPlugin {
        Objects.requireNonNull(plugin);
        Objects.requireNonNull(origin);
    }
}
