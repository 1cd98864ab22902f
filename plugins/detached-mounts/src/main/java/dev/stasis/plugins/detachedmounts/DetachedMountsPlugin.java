package dev.stasis.plugins.detachedmounts;

import dev.stasis.spi.MountRemap;
import dev.stasis.spi.PathRemap;
import dev.stasis.spi.PluginOption;
import dev.stasis.spi.RestoreHook;
import dev.stasis.spi.StasisPlugin;
import java.util.Collection;
import java.util.List;

/** Brings back files whose mount was unmounted lazily or lies hidden under another. */
public final class DetachedMountsPlugin implements StasisPlugin {
    private final DetachedMountRemap remap = new DetachedMountRemap();

    @Override
    public String id() {
        return "detached-mounts";
    }

    @Override
    public String version() {
        return "1.0.0";
    }

    @Override
    public Collection<MountRemap> mountRemaps() {
        return List.of(remap);
    }

    @Override
    public Collection<PathRemap> pathRemaps() {
        return List.of(new ReachedFiles(remap));
    }

    @Override
    public Collection<PluginOption> options() {
        return List.of(new PluginOption(Keeping.OPTION, "image|refuse", "What to do about a detached mount of a file system in memory"
                + " that is mounted nowhere else: take along what is reached of it, or refuse (the default)."));
    }

    @Override
    public Collection<RestoreHook> restoreHooks() {
        return List.of(new FinalFlags(remap));
    }
}
