package dev.stasis.plugins.inotify;

import dev.stasis.spi.FileRecord;
import dev.stasis.spi.RestoreContext;
import dev.stasis.spi.RestoreHook;
import dev.stasis.spi.RestoreStage;
import java.util.List;

/** Adds the marks of fanotify groups when the restore touches nothing any more: a marked file system would see all of it. */
final class MarksHook implements RestoreHook {
    private final RestoredGroups groups;

    MarksHook(RestoredGroups groups) {
        this.groups = groups;
    }

    @Override
    public RestoreStage stage() {
        return RestoreStage.RESUME;
    }

    @Override
    public void run(List<FileRecord> records, RestoreContext context) {
        groups.mark(records, context);
    }
}
