package dev.stasis.spi;

import dev.stasis.linux.Fd;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/** The image directory of a restore; what it gives out was verified against the image's seal. */
@ProviderType
public interface ImageInput {

    /** Opens file {@code name} for reading; empty when the image has none. The caller closes it. */
    Optional<Fd> open(String name);
}
