package dev.stasis.spi;

import dev.stasis.linux.Fd;
import org.osgi.annotation.versioning.ProviderType;

/** What a plugin may use while it looks at an open file. */
@ProviderType
public interface ClaimContext {

    /** A descriptor in this process of the same open file description; borrowed, valid until the dump ends. */
    Fd descriptor(OpenFile file);

    /** The values of plugin options. */
    Options options();

    /** Where to say what happens. */
    Log log();
}
