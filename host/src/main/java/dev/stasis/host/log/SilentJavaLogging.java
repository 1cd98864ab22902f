package dev.stasis.host.log;

import java.io.IOException;
import java.util.logging.LogManager;

/**
 * How java.util.logging is set up, which jffi begins to use as soon as it is loaded: not at all. Nothing is printed by it, no
 * file of settings is read, and nobody searches all jars for where the platform might log to, which took each start ten
 * milliseconds. Named to the JVM by {@code java.util.logging.manager}.
 */
public final class SilentJavaLogging extends LogManager {

    /** For the JVM, which makes the only one. */
    public SilentJavaLogging() {
        // Public for the JVM alone.
    }

    /** Ends what the JDK does about settings where it begins; always throws, which the JDK passes over in silence. */
    @Override
    public void readConfiguration() throws IOException {
        throw new IOException("there are no settings");
    }
}
