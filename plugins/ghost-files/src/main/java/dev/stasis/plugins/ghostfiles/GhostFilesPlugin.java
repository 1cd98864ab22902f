package dev.stasis.plugins.ghostfiles;

import dev.stasis.spi.ImageInput;
import dev.stasis.spi.Log;
import dev.stasis.spi.PathRemap;
import dev.stasis.spi.PluginOption;
import dev.stasis.spi.RestoreHook;
import dev.stasis.spi.StasisPlugin;
import java.util.Collection;
import java.util.List;

/** Brings back files that are open, mapped or run, or are a current directory, but have lost their name. */
public final class GhostFilesPlugin implements StasisPlugin {
    private final GhostRemap remap = new GhostRemap();

    @Override
    public String id() {
        return "ghost-files";
    }

    @Override
    public String version() {
        return "1.0.0";
    }

    @Override
    public Collection<PathRemap> pathRemaps() {
        return List.of(remap);
    }

    @Override
    public Collection<RestoreHook> restoreHooks() {
        return List.of(new GhostTimes(remap), new KeptFilesTakenAway());
    }

    @Override
    public Collection<PluginOption> options() {
        return List.of(new PluginOption(GhostLimit.OPTION, "SIZE",
                "The largest deleted file to keep, in bytes or with K, M or G behind it; there is no limit without it."),
                new PluginOption(GhostPlacement.OPTION, "image|relink", "Where the contents of deleted files are kept: in the image,"
                        + " or large ones in place, without copying, where the file system shares blocks; that image can be restored once."));
    }

    @Override
    public void discard(ImageInput image, Log log) {
        KeptFiles.remove(image, log);
    }
}
