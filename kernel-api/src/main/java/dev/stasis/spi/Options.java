package dev.stasis.spi;

import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/** The values of the plugin options that were given. */
@ProviderType
public interface Options {

    /** Whether option {@code name} was given. */
    boolean isSet(String name);

    /** The value of option {@code name}; empty when it was not given. The last one wins. */
    Optional<String> value(String name);

    /** All values of option {@code name}, in the order in which they were given; none when it was not given. */
    default List<String> values(String name) {
        return value(name).map(List::of).orElse(List.of());
    }
}
