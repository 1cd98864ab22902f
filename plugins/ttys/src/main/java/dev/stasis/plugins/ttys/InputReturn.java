package dev.stasis.plugins.ttys;

import dev.stasis.spi.DumpContext;
import dev.stasis.spi.DumpHook;
import dev.stasis.spi.DumpStage;
import dev.stasis.spi.OpenFile;
import java.util.List;

/** Gives back to a tree that runs on what was read out of its terminals. */
record InputReturn(DumpedTtys dumped) implements DumpHook {

    @Override
    public DumpStage stage() {
        return DumpStage.RELEASE;
    }

    @Override
    public void run(List<OpenFile> files, DumpContext context) {
        dumped.giveBack(context);
    }
}
