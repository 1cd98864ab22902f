package dev.stasis.plugins.detachedmounts;

import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.OpenFile;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The mounts that were searched for in one look at a tree, each once, however many files are on it. */
final class FoundMounts {
    private final Map<Long, FoundMount> found = new HashMap<>();
    private List<OpenFile> look;

    /** What became of the mount that {@code file} was opened through. */
    FoundMount of(OpenFile file, ClaimContext context) {
        if (look != context.files()) {
            found.clear();
            look = context.files();
        }
        Long id = file.status().mountId();
        FoundMount known = found.get(id);
        if (known == null) {
            known = new MountSearch(id, context).find();
            found.put(id, known);
        }
        return known;
    }
}
