package dev.stasis.plugins.pipes;

import dev.stasis.spi.FileRecord;
import dev.stasis.spi.RestoreContext;
import dev.stasis.spi.RestoreHook;
import dev.stasis.spi.RestoreStage;
import java.util.List;

/** Closes the ends that nobody in the tree holds before it runs: a reader must see the end, a writer EPIPE. */
final class SpareEnds implements RestoreHook {
    private final RestoredPipes restored;

    SpareEnds(RestoredPipes restored) {
        this.restored = restored;
    }

    @Override
    public RestoreStage stage() {
        return RestoreStage.DEFERRED;
    }

    @Override
    public void run(List<FileRecord> records, RestoreContext context) {
        restored.closeSpareEnds();
    }
}
