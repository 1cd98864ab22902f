package dev.stasis.host.plugin;

import dev.stasis.spi.Problem;
import java.util.Objects;

/**
 * A plugin that is there but cannot be used.
 *
 * @param name its id if that much is known, else the name that its file gives itself
 * @param origin where it came from
 * @param problem why it cannot be used; the subject names file and plugin
 */
public record RejectedPlugin(String name, PluginOrigin origin, Problem problem) {
    public RejectedPlugin {
        Objects.requireNonNull(name);
        Objects.requireNonNull(origin);
        Objects.requireNonNull(problem);
    }
}
