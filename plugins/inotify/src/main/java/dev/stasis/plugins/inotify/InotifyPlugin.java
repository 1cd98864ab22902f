package dev.stasis.plugins.inotify;

import dev.stasis.spi.DumpHook;
import dev.stasis.spi.DumpStage;
import dev.stasis.spi.FdKind;
import dev.stasis.spi.PluginOption;
import dev.stasis.spi.RestoreHook;
import dev.stasis.spi.StasisPlugin;
import java.util.Collection;
import java.util.List;

/** Keeps inotify instances with their watches and queues, and fanotify groups with their marks; refuses dnotify by name. */
public final class InotifyPlugin implements StasisPlugin {
    private final DumpedInstances instances = new DumpedInstances();
    private final DumpedGroups groups = new DumpedGroups();
    private final RestoredGroups restoredGroups = new RestoredGroups();

    @Override
    public String id() {
        return "inotify";
    }

    @Override
    public String version() {
        return "1.0.0";
    }

    @Override
    public Collection<FdKind> fdKinds() {
        return List.of(new InotifyKind(instances), new FanotifyKind(groups, restoredGroups), new DnotifyKind());
    }

    @Override
    public Collection<DumpHook> dumpHooks() {
        return List.of(new QueueHook(DumpStage.FREEZE, instances, groups), new QueueHook(DumpStage.RELEASE, instances, groups));
    }

    @Override
    public Collection<RestoreHook> restoreHooks() {
        return List.of(new MarksHook(restoredGroups));
    }

    @Override
    public Collection<PluginOption> options() {
        return List.of(
                new PluginOption(Policies.UNRESOLVED_WATCH, "refuse|drop-with-overflow",
                        "Watches on what is not found again: refuse (default), or drop-with-overflow, which drops them and ends"
                                + " the queue with IN_Q_OVERFLOW."),
                new PluginOption(Policies.MISSED_EVENTS, "auto|always|never",
                        "What a restored program learns of changes made while it did not exist: auto (default) ends the queue"
                                + " with IN_Q_OVERFLOW if something watched has changed; always; never."),
                new PluginOption(Policies.LOOK_INTO_QUEUES, "auto|never",
                        "How waiting events are read: auto (default) by a BPF program that leaves them where they are, if the"
                                + " kernel lets it; never: the queue is emptied, and filled again for a tree that runs on."));
    }
}
