package dev.stasis.plugins.unixsockets;

import dev.stasis.spi.FileRecord;
import dev.stasis.spi.RestoreContext;
import dev.stasis.spi.RestoreHook;
import dev.stasis.spi.RestoreStage;
import java.util.List;

/** Lets the files that sockets are bound to stay when the tree has come back; those of a restore that fails go again. */
final class KeptFiles implements RestoreHook {
    private final RestoredSockets restored;

    KeptFiles(RestoredSockets restored) {
        this.restored = restored;
    }

    @Override
    public RestoreStage stage() {
        return RestoreStage.DONE;
    }

    @Override
    public void run(List<FileRecord> records, RestoreContext context) {
        restored.keepFiles();
    }
}
