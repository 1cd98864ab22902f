package dev.stasis.plugins.detachedmounts;

import dev.stasis.linux.UnixPath;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.OpenFile;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The mounts that were searched for in one look at a tree, each once, however many files are on it. */
final class FoundMounts {
    private final Map<Long, FoundMount> found = new HashMap<>();
    /** Where roots were in earlier looks: a tree is looked at before it is frozen, and need not be searched for again after. */
    private final Map<Long, UnixPath> shown = new HashMap<>();
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
            known = new MountSearch(id, context, shown.get(id)).find();
            found.put(id, known);
            if (known instanceof FoundMount.Shown one) {
                shown.put(id, one.root());
            }
        }
        return known;
    }
}
