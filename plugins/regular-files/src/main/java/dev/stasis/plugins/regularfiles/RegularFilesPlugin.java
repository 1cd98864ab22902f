package dev.stasis.plugins.regularfiles;

import dev.stasis.spi.FdKind;
import dev.stasis.spi.PluginOption;
import dev.stasis.spi.SharedOutside;
import dev.stasis.spi.StasisPlugin;
import java.util.Collection;
import java.util.List;

/** Keeps regular files, directories, O_PATH descriptors and devices without state. */
public final class RegularFilesPlugin implements StasisPlugin {

    @Override
    public String id() {
        return "regular-files";
    }

    @Override
    public String version() {
        return "1.0.0";
    }

    @Override
    public Collection<FdKind> fdKinds() {
        return List.of(new RegularFileKind(), new DirectoryKind(), new PathKind(), new StatelessDeviceKind());
    }

    @Override
    public Collection<PluginOption> options() {
        return List.of(
                new PluginOption(ChangeCheck.TAKE_CHANGED, "",
                        "Take files as they are now, even if another inode, size or time shows that they changed."),
                new PluginOption(SharedOutside.TAKE_SHARED, "",
                        "Dump files that processes outside of the tree have open together with it: afterwards each side has its own."));
    }
}
