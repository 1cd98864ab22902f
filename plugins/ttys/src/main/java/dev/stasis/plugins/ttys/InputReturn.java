package dev.stasis.plugins.ttys;

import dev.stasis.spi.DumpContext;
import dev.stasis.spi.DumpHook;
import dev.stasis.spi.DumpStage;
import dev.stasis.spi.OpenFile;
import java.util.List;

/**
 * Gives back to a tree that runs on what was read out of its terminals. What was read out of one that was killed, which has no
 * {@link DumpStage#RELEASE}, is forgotten when the next one is frozen.
 */
record InputReturn(DumpStage stage, DumpedTtys dumped) implements DumpHook {

    @Override
    public void run(List<OpenFile> files, DumpContext context) {
        if (stage == DumpStage.FREEZE) {
            dumped.forget();
        } else {
            dumped.giveBack(context);
        }
    }
}
