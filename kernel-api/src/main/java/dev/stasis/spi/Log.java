package dev.stasis.spi;

import org.osgi.annotation.versioning.ProviderType;

/** Where plugins say what happens; what becomes of it is the user's choice. Cheap when nobody listens. */
@ProviderType
public interface Log {

    /** Something the user should know although the work goes on. */
    void warn(String message);

    /** A step of the work. */
    void info(String message);

    /** A detail for whoever looks for a fault. */
    void debug(String message);

    /** Whether {@link #debug} goes anywhere, for messages that are costly to make. */
    boolean isDebug();
}
