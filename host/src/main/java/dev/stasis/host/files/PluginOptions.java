package dev.stasis.host.files;

import dev.stasis.spi.Options;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The plugin options of a request.
 *
 * @param values by name, in the order in which they were given; an option without a value has an empty one
 */
public record PluginOptions(Map<String, List<String>> values) implements Options {
    public PluginOptions {
        values = Map.copyOf(values);
    }

    @Override
    public boolean isSet(String name) {
        return values.containsKey(name);
    }

    @Override
    public Optional<String> value(String name) {
        List<String> given = values(name);
        return given.isEmpty() ? Optional.empty() : Optional.of(given.get(given.size() - 1));
    }

    @Override
    public List<String> values(String name) {
        return values.getOrDefault(name, List.of());
    }

    /** Options of which each was given once. */
    public static PluginOptions ofSingle(Map<String, String> values) {
        Map<String, List<String>> lists = new HashMap<>();
        for (Map.Entry<String, String> entry : values.entrySet()) {
            lists.put(entry.getKey(), List.of(entry.getValue()));
        }
        return new PluginOptions(lists);
    }
}
