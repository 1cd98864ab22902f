package dev.stasis.host.phase;

import dev.stasis.host.plugin.PluginRegistry;
import dev.stasis.spi.ImageInput;
import dev.stasis.spi.Log;
import dev.stasis.spi.StasisPlugin;

/** Lets plugins take away what an image keeps outside of its directory. */
public final class Discard {
    private Discard() {}

    /** Asks all of {@code plugins}; what one of them throws is told, and keeps no other from it. */
    public static void run(PluginRegistry plugins, ImageInput image, Log log) {
        for (StasisPlugin plugin : plugins.plugins()) {
            try {
                plugin.discard(image, log);
            } catch (RuntimeException | LinkageError e) {
                log.warn("plugin " + plugins.ownerOf(plugin).id() + " could not take away what it keeps outside of the image: " + e);
            }
        }
    }
}
