package dev.stasis.host.plugin;

import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.spi.Log;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.io.IOException;
import java.nio.file.Path;
import org.osgi.framework.BundleException;

/** The plugins of one directory, loaded. Closing unloads them; nothing of theirs may be used after that. */
public final class PluginRuntime implements AutoCloseable {
    private final BundleDoor door;
    private final PluginRegistry registry;

    private PluginRuntime(BundleDoor door) {
        this.door = door;
        this.registry = PluginRegistry.of(door.loaded(), door.rejected());
    }

    /**
     * Loads the plugins of {@code pluginDirectory} and waits until that is done.
     *
     * <p>A plugin that cannot be used is no reason to fail: see {@link PluginRegistry#rejected()}.
     *
     * @throws StasisException if the directory cannot be read or the framework does not start
     */
    public static PluginRuntime start(Path pluginDirectory, Log log) {
        PluginStart start = PluginStart.begin(pluginDirectory, log);
        // This thread would only wait; so it loads meanwhile what the other one is going to need: native code, and half of
        // the framework's classes.
        FileCalls.tryStatus(UnixPath.of("/"));
        BundleFramework.warmUpBeside();
        return start.await();
    }

    /** Loads in this thread, which should be a daemon. */
    static PluginRuntime load(Path pluginDirectory, Log log) {
        try {
            return new PluginRuntime(BundleDoor.open(pluginDirectory, log));
        } catch (IOException failure) {
            throw new StasisException(new Problem(PluginErrorCode.PLUGIN_DIRECTORY_UNREADABLE,
                    "plugins in " + pluginDirectory, "they cannot be read: " + failure, "check the directory of plugins"), failure);
        } catch (BundleException failure) {
            throw new StasisException(new Problem(PluginErrorCode.PLUGIN_FRAMEWORK_FAILED,
                    "plugins in " + pluginDirectory, "the plugin framework does not start: " + failure, ""), failure);
        }
    }

    /** The plugins and all they add. */
    public PluginRegistry registry() {
        return registry;
    }

    @Override
    public void close() {
        try {
            door.close();
        } catch (IOException failure) {
            throw new StasisException(new Problem(PluginErrorCode.PLUGIN_FRAMEWORK_FAILED, "the plugins",
                    "what they left behind cannot be removed: " + failure, ""), failure);
        }
    }
}
