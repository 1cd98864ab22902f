package dev.stasis.plugins.inotify;

import dev.stasis.linux.Fd;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.OpenFileId;
import dev.stasis.spi.RestoreContext;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The fanotify groups of the image that is being restored. */
final class RestoredGroups {
    private final Map<OpenFileId, RestoredGroup> groups = new HashMap<>();
    private RestoreContext restore;

    /** The group of {@code record}, whose marks are looked for the first time. */
    RestoredGroup of(FileRecord record, RestoreContext context) {
        if (restore != context) {
            groups.clear();
            restore = context;
        }
        RestoredGroup known = groups.get(record.id());
        if (known == null) {
            known = new RestoredGroup(record, context);
            groups.put(record.id(), known);
        }
        return known;
    }

    /** Adds the marks of all that were planned; what they are on must stand. */
    void mark(List<FileRecord> records, RestoreContext context) {
        for (int i = 0; i < records.size() && restore == context; i++) {
            RestoredGroup group = groups.get(records.get(i).id());
            Fd file = group == null ? null : context.restored(records.get(i).id()).orElse(null);
            if (file != null) {
                group.furnish(file);
            }
        }
        groups.clear();
        restore = null;
    }
}
