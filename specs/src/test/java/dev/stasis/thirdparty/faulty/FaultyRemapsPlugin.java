package dev.stasis.thirdparty.faulty;

import dev.stasis.spi.MountRemap;
import dev.stasis.spi.PathRemap;
import dev.stasis.spi.PluginOption;
import dev.stasis.spi.StasisPlugin;
import java.util.Collection;
import java.util.List;

/** Finds files called {@code scripted} and their mounts again, unless {@code --faulty-at} names a point where it fails. */
public final class FaultyRemapsPlugin implements StasisPlugin {

    @Override
    public String id() {
        return "faulty";
    }

    @Override
    public String version() {
        return "1.2.3";
    }

    @Override
    public Collection<PathRemap> pathRemaps() {
        return List.of(new FaultyPathRemap());
    }

    @Override
    public Collection<MountRemap> mountRemaps() {
        return List.of(new FaultyMountRemap());
    }

    @Override
    public Collection<PluginOption> options() {
        return List.of(new PluginOption(Fault.OPTION, "POINT:HOW", "Fails at POINT: throws, answers null or passes an errno on."));
    }
}
