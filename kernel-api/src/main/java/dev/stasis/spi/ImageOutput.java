package dev.stasis.spi;

import dev.stasis.linux.Fd;
import org.osgi.annotation.versioning.ProviderType;

/** The image directory of a dump. A plugin's own files are named {@code stasis-<plugin>-<name>.img};
 * what CRIU has a file for stands in that. An image needs every plugin whose hook made a file in it. */
@ProviderType
public interface ImageOutput {

    /**
     * Creates file {@code name} (no slash in it), mode 0600, open for reading and writing; the caller closes it. One that was
     * created in a first look is given again ({@link FirstLookContext#image}).
     */
    Fd create(String name);
}
