package dev.stasis.host.plugin;

import dev.stasis.spi.Log;
import dev.stasis.spi.StasisException;
import java.util.function.Supplier;

/**
 * Plugins on their way in: they load in a thread of their own while the caller does something else.
 *
 * <p>One thread begins and closes; any may wait. Close it whatever happens; a runtime that {@link #await} gave out is closed by
 * that as well.
 */
public final class PluginStart implements Supplier<PluginRegistry>, AutoCloseable {
    private final Thread thread;
    private volatile PluginRuntime runtime;
    private volatile Throwable failure;

    private PluginStart(PluginSources sources, Log log) {
        thread = new Thread("stasis-plugins") {
            @Override
            public void run() {
                try {
                    runtime = PluginRuntime.load(sources, log);
                } catch (RuntimeException | Error thrown) {
                    failure = thrown;
                }
            }
        };
        // The framework's threads inherit this: none of them keeps the program alive.
        thread.setDaemon(true);
    }

    /** Begins to load the plugins of {@code sources}; {@code log} must take messages from another thread. */
    public static PluginStart begin(PluginSources sources, Log log) {
        PluginStart start = new PluginStart(sources, log);
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

    /** The plugins, once they are all there; throws like {@link #await}. */
    @Override
    public PluginRegistry get() {
        return await().registry();
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
