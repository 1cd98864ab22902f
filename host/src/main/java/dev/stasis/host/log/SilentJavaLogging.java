package dev.stasis.host.log;

/**
 * How java.util.logging is set up, which libraries begin to use as soon as they are loaded: not at all. So nothing is printed
 * by it, and no file of settings is read at each start. Named to the JVM by {@code java.util.logging.config.class}.
 */
public final class SilentJavaLogging {

    /** Sets nothing up. */
    public SilentJavaLogging() {
        // Reading no settings is all there is to it.
    }
}
