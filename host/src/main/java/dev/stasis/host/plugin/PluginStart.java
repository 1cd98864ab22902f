package dev.stasis.host.plugin;

import dev.stasis.spi.Log;
import dev.stasis.spi.StasisException;
import java.nio.file.Path;

/**
 * Plugins on their way in: they load in a thread of their own while the caller does something else.
 *
 * <p>One thread begins, awaits and closes. Close it whatever happens; a runtime that {@link #await} gave out is closed by
 * that as well.
 */
public final class PluginStart implements AutoCloseable {
    private final Thread thread;
    private volatile PluginRuntime runtime;
    private volatile Throwable failure;

    private PluginStart(Path pluginDirectory, Log log) {
        thread = new Thread("stasis-plugins") {
            @Override
            public void run() {
                try {
                    runtime = PluginRuntime.load(pluginDirectory, log);
                } catch (RuntimeException | Error thrown) {
                    failure = thrown;
                }
            }
        };
        // The framework's threads inherit this: none of them keeps the program alive.
        thread.setDaemon(true);
    }

    /** Begins to load the plugins of {@code pluginDirectory}; {@code log} must take messages from another thread. */
    public static PluginStart begin(Path pluginDirectory, Log log) {
        PluginStart start = new PluginStart(pluginDirectory, log);
        start.thread.start();
        return start;
    }

    /**
     * Waits until they are loaded.
     *
     * @throws StasisException as {@link PluginRuntime#start}
     */
    public PluginRuntime await() {
        join();
        if (failure instanceof RuntimeException thrown) {
            throw thrown;
        }
        if (failure instanceof Error thrown) {
            throw thrown;
        }
        return runtime;
    }

    private void join() {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until they are loaded and unloads them again; the second time does nothing. */
    @Override
    public void close() {
        join();
        PluginRuntime loaded = runtime;
        runtime = null;
        if (loaded != null) {
            loaded.close();
        }
    }
}
