package dev.stasis.host.files;

import dev.stasis.spi.Options;
import java.util.Map;
import java.util.Optional;

/**
 * The plugin options of a request.
 *
 * @param values by name; an option without a value has an empty one
 */
public record PluginOptions(Map<String, String> values) implements Options {
    public PluginOptions {
        values = Map.copyOf(values);
    }

    @Override
    public boolean isSet(String name) {
        return values.containsKey(name);
    }

    @Override
    public Optional<String> value(String name) {
        return Optional.ofNullable(values.get(name));
    }
}
