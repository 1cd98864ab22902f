package dev.stasis.host.image;

import java.util.List;

/**
 * A plugin that an image cannot be restored without.
 *
 * @param id its name
 * @param version the one that wrote the image
 * @param uses names of its kinds and remaps that the image uses
 */
public record PluginUse(String id, String version, List<String> uses) {
    public PluginUse {
        uses = List.copyOf(uses);
    }
}
