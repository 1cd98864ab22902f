package org.example.mqueue;

import dev.stasis.spi.FileRecord;
import dev.stasis.spi.RestoreContext;
import dev.stasis.spi.RestoreHook;
import dev.stasis.spi.RestoreStage;
import java.util.List;

/** When the tree runs, the queues that were made for them are theirs. */
final class KeepQueues implements RestoreHook {
    private final RestoredQueues restored;

    KeepQueues(RestoredQueues restored) {
        this.restored = restored;
    }

    @Override
    public RestoreStage stage() {
        return RestoreStage.DONE;
    }

    @Override
    public void run(List<FileRecord> records, RestoreContext context) {
        restored.keep();
    }
}
