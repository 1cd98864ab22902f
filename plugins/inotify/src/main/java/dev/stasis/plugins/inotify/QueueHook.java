package dev.stasis.plugins.inotify;

import dev.stasis.spi.DumpContext;
import dev.stasis.spi.DumpHook;
import dev.stasis.spi.DumpStage;
import dev.stasis.spi.OpenFile;
import java.util.List;

/** Reads the queues before a dump touches a file, and fills those again that were emptied for it when the tree runs on. */
final class QueueHook implements DumpHook {
    private final DumpStage stage;
    private final DumpedInstances instances;
    private final DumpedGroups groups;

    QueueHook(DumpStage stage, DumpedInstances instances, DumpedGroups groups) {
        this.stage = stage;
        this.instances = instances;
        this.groups = groups;
    }

    @Override
    public DumpStage stage() {
        return stage;
    }

    @Override
    public void run(List<OpenFile> files, DumpContext context) {
        if (stage == DumpStage.FREEZE) {
            groups.frozen(files, context);
            instances.read(files, context);
        } else {
            instances.giveBack(context);
        }
    }
}
