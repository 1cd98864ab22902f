package dev.stasis.host.plugin;

import java.util.Objects;

/**
 * Where a plugin came from.
 *
 * @param door how it got in, such as {@code bundle}
 * @param place the file it was read from, or whatever else tells the user which one is meant
 */
public record PluginOrigin(String door, String place) {

    /** The door of OSGi bundles. */
    public static final String BUNDLE = "bundle";

    /** The door of plain jars and zips. */
    public static final String PLAIN = "plain";

    public PluginOrigin {
        Objects.requireNonNull(door);
        Objects.requireNonNull(place);
    }

    @Override
    public String toString() {
        return place;
    }
}
