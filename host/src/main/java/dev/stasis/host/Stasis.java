package dev.stasis.host;

import dev.stasis.host.phase.DumpReport;
import dev.stasis.host.phase.DumpRequest;
import dev.stasis.host.phase.Progress;
import dev.stasis.host.phase.RestoreReport;
import dev.stasis.host.phase.RestoreRequest;
import dev.stasis.spi.Log;
import dev.stasis.spi.StasisPlugin;
import java.nio.file.Path;
import java.util.List;

/**
 * The way in for those who embed Stasis: starts the plugins once, then dumps and restores as often as asked.
 *
 * <p>Any thread may call, one call at a time; the work itself is done by one thread of its own, because the kernel ties a
 * traced task to the thread that attached to it.
 */
public final class Stasis implements AutoCloseable {

    private Stasis() {}

    /** Starts with the plugins (jar files) of {@code pluginDirectory}. */
    public static Stasis start(Path pluginDirectory, Log log) {
        throw new AssertionError("being built");
    }

    /** The plugins that were started, in the order of their ids. */
    public List<StasisPlugin> plugins() {
        throw new AssertionError("being built");
    }

    /** Dumps a tree; throws {@link dev.stasis.spi.StasisException}, and the tree runs on, when that cannot be done. */
    public DumpReport dump(DumpRequest request, Progress progress) {
        throw new AssertionError("being built");
    }

    /** Brings a tree back; throws {@link dev.stasis.spi.StasisException}, and nothing is left behind, when it cannot. */
    public RestoreReport restore(RestoreRequest request, Progress progress) {
        throw new AssertionError("being built");
    }

    /** Stops the plugins. Restored trees are not affected. */
    @Override
    public void close() {}
}
