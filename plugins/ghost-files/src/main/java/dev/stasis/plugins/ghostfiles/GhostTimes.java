package dev.stasis.plugins.ghostfiles;

import dev.stasis.spi.FileRecord;
import dev.stasis.spi.RestoreContext;
import dev.stasis.spi.RestoreHook;
import dev.stasis.spi.RestoreStage;
import java.util.List;

/** Sets the times of ghosts once more when all is mapped and run: mapping a file and running it are accesses. */
final class GhostTimes implements RestoreHook {
    private final GhostRemap remap;

    GhostTimes(GhostRemap remap) {
        this.remap = remap;
    }

    @Override
    public RestoreStage stage() {
        return RestoreStage.DEFERRED;
    }

    @Override
    public void run(List<FileRecord> records, RestoreContext context) {
        remap.setTimes(records, context);
    }
}
