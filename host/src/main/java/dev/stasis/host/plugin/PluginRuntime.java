package dev.stasis.host.plugin;

import dev.stasis.spi.Log;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.osgi.framework.BundleException;

/** The plugins of a run, loaded. Closing unloads them; nothing of theirs may be used after that. */
public final class PluginRuntime implements AutoCloseable {
    private final BundleDoor bundles;
    private final Pf4jDoor plain;
    private final PluginRegistry registry;

    private PluginRuntime(BundleDoor bundles, Pf4jDoor plain, PluginRegistry registry) {
        this.bundles = bundles;
        this.plain = plain;
        this.registry = registry;
    }

    /** Loads the plugins of {@code pluginDirectory}; see {@link #start(PluginSources, Log)}. */
    public static PluginRuntime start(Path pluginDirectory, Log log) {
        return start(PluginSources.of(pluginDirectory), log);
    }

    /**
     * Loads the plugins of {@code sources} and waits until that is done.
     *
     * <p>A plugin that cannot be used is no reason to fail unless it was chosen: see {@link PluginRegistry#rejected()}.
     *
     * @throws StasisException if a directory cannot be read, a chosen plugin cannot be used, or the framework does not start
     */
    public static PluginRuntime start(PluginSources sources, Log log) {
        return PluginStart.begin(sources, log).await();
    }

    /** Loads in this thread, which should be a daemon. */
    static PluginRuntime load(PluginSources sources, Log log) {
        try {
            return load(PluginSearch.in(sources.directories()), sources, log);
        } catch (IOException failure) {
            throw unreadable(sources, failure);
        } catch (BundleException failure) {
            throw new StasisException(new Problem(PluginErrorCode.PLUGIN_FRAMEWORK_FAILED,
                    "plugins in " + sources, "the plugin framework does not start: " + failure, ""), failure);
        }
    }

    static StasisException unreadable(PluginSources sources, IOException failure) {
        return new StasisException(new Problem(PluginErrorCode.PLUGIN_DIRECTORY_UNREADABLE, "plugins in " + sources,
                "they cannot be read: " + failure, "check the directory of plugins"), failure);
    }

    private static PluginRuntime load(PluginSearch found, PluginSources sources, Log log) throws IOException, BundleException {
        BundleDoor bundles = BundleDoor.open(found.bundles(), sources.inFramework(), log);
        Pf4jDoor plain = null;
        try {
            List<LoadedPlugin> loaded = new ArrayList<>(bundles.loaded());
            List<RejectedPlugin> rejected = new ArrayList<>(found.rejected());
            rejected.addAll(bundles.rejected());
            if (!found.plain().isEmpty()) {
                plain = Pf4jDoor.open(found.plain(), bundles, log);
                loaded.addAll(plain.loaded());
                rejected.addAll(plain.rejected());
            }
            PluginRegistry all = PluginRegistry.of(found.inOrder(loaded), rejected, sources.disabled());
            return new PluginRuntime(bundles, plain, sources.chosen().isEmpty() ? all : all.only(sources.chosen()));
        } catch (RuntimeException | LinkageError failure) {
            close(bundles, plain);
            throw failure;
        }
    }

    /** The plugins and all they add. */
    public PluginRegistry registry() {
        return registry;
    }

    @Override
    public void close() {
        close(bundles, plain);
    }

    private static void close(BundleDoor bundles, Pf4jDoor plain) {
        try {
            if (plain != null) {
                plain.close();
            }
            bundles.close();
        } catch (IOException failure) {
            throw new StasisException(new Problem(PluginErrorCode.PLUGIN_FRAMEWORK_FAILED, "the plugins",
                    "what they left behind cannot be removed: " + failure, ""), failure);
        }
    }
}
