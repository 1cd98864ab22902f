package dev.stasis.plugins.ttys;

import dev.stasis.spi.FileRecord;
import dev.stasis.spi.RestoreContext;
import dev.stasis.spi.RestoreHook;
import dev.stasis.spi.RestoreStage;
import java.util.List;

/** What is done to {@code ttys} at {@code stage} of a restore. */
record TerminalHook(RestoreStage stage, RestoredTtys ttys) implements RestoreHook {

    @Override
    public void run(List<FileRecord> records, RestoreContext context) {
        // No method references: the archive of loaded classes has none of a bundle.
        if (stage == RestoreStage.TASKS) {
            ttys.makePtys(context);
        } else if (stage == RestoreStage.DEFERRED) {
            ttys.makeForeground(context);
        } else {
            ttys.takeOver(context);
        }
    }
}
