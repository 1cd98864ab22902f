package dev.stasis.plugins.ghostfiles;

import dev.stasis.spi.FileRecord;
import dev.stasis.spi.RestoreContext;
import dev.stasis.spi.RestoreHook;
import dev.stasis.spi.RestoreStage;
import java.util.List;

/** Takes the files away that kept contents for the image: the tree has its own now. */
final class KeptFilesTakenAway implements RestoreHook {

    @Override
    public RestoreStage stage() {
        return RestoreStage.DONE;
    }

    @Override
    public void run(List<FileRecord> records, RestoreContext context) {
        KeptFiles.remove(context.image(), context.log());
    }
}
