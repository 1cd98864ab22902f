package dev.stasis.spi;

import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/** The values of the plugin options that were given. */
@ProviderType
public interface Options {

    /** Whether option {@code name} was given. */
    boolean isSet(String name);

    /** The value of option {@code name}; empty when it was not given. The last one wins. */
    Optional<String> value(String name);
}
