package dev.stasis.plugins.pipes;

import dev.stasis.spi.FdKind;
import dev.stasis.spi.PluginOption;
import dev.stasis.spi.RestoreHook;
import dev.stasis.spi.StasisPlugin;
import java.util.Collection;
import java.util.List;

/** Keeps pipes and FIFOs. */
public final class PipesPlugin implements StasisPlugin {
    static final String EXTERNAL = "external";

    private final RestoredPipes restored = new RestoredPipes();

    @Override
    public String id() {
        return "pipes";
    }

    @Override
    public String version() {
        return "1.0.0";
    }

    @Override
    public Collection<FdKind> fdKinds() {
        return List.of(new PipeKind(restored), new FifoKind(restored));
    }

    @Override
    public Collection<RestoreHook> restoreHooks() {
        return List.of(new SpareEnds(restored));
    }

    @Override
    public Collection<PluginOption> options() {
        return List.of(new PluginOption(EXTERNAL, "KEY",
                "Dump what leads out of the tree: the pipe pipe:[INODE], the socket socket:[INODE], or the file file[MOUNT:INODE] of another mount namespace"
                        + " (with plugin detached-mounts); --inherit-fd replaces it at restore. Repeatable."));
    }
}
