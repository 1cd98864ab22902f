package dev.stasis.testkit.contract;

import dev.stasis.spi.Options;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Plugin options as a test gives them.
 *
 * @param values by name, in the order given; an option without a value has an empty one
 */
public record GivenOptions(Map<String, List<String>> values) implements Options {
    public GivenOptions {
        values = Map.copyOf(values);
    }

    /** None. */
    public static GivenOptions none() {
        return new GivenOptions(Map.of());
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
}
