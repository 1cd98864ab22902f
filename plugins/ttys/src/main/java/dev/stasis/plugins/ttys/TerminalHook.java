package dev.stasis.plugins.ttys;

import dev.stasis.spi.FileRecord;
import dev.stasis.spi.RestoreContext;
import dev.stasis.spi.RestoreHook;
import dev.stasis.spi.RestoreStage;
import java.util.List;
import java.util.function.Consumer;

/** One step of the restore of terminals at its stage. */
record TerminalHook(RestoreStage stage, Consumer<RestoreContext> step) implements RestoreHook {

    @Override
    public void run(List<FileRecord> records, RestoreContext context) {
        step.accept(context);
    }
}
