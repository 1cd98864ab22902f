package dev.stasis.spi;

import dev.stasis.linux.UnixPath;
import java.util.Optional;

/**
 * Where a file is found again: a path below a mount, and the remaps for the links of that chain which do not lead to it by
 * themselves.
 *
 * @param path absolute as the host sees it, or below the remapped mount's root
 * @param mountRemap who finds the mount again; empty when the path alone leads there
 * @param pathRemap who finds the file again below it; empty when the path alone leads there
 */
public record LocationRecord(UnixPath path, Optional<Remapped> mountRemap, Optional<Remapped> pathRemap) {

    /**
     * What a remap wrote.
     *
     * @param remap its name
     * @param payload its own message
     */
    public record Remapped(String remap, byte[] payload) {}

    /** The location that {@code path} leads to by itself. */
    public static LocationRecord of(UnixPath path) {
        return new LocationRecord(path, Optional.empty(), Optional.empty());
    }
}
