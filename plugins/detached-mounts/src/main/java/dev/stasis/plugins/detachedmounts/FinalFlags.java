package dev.stasis.plugins.detachedmounts;

import dev.stasis.spi.FileRecord;
import dev.stasis.spi.RestoreContext;
import dev.stasis.spi.RestoreHook;
import dev.stasis.spi.RestoreStage;
import java.util.List;

/** Restores the flags of mounts last of all, when everything on them is open and as it was. */
final class FinalFlags implements RestoreHook {
    private final DetachedMountRemap remap;

    FinalFlags(DetachedMountRemap remap) {
        this.remap = remap;
    }

    @Override
    public RestoreStage stage() {
        return RestoreStage.RESUME;
    }

    @Override
    public void run(List<FileRecord> records, RestoreContext context) {
        remap.setFinalFlags(context);
    }
}
