package dev.stasis.host;

import dev.stasis.host.plugin.PluginRegistry;
import dev.stasis.host.plugin.PluginRuntime;
import dev.stasis.host.plugin.PluginSources;
import dev.stasis.spi.Log;
import java.util.function.Supplier;

/** Plugins that are being loaded by a thread of their own. No lambdas here: the first one costs a cold start milliseconds. */
final class PluginLoading implements Supplier<PluginRegistry>, Runnable, AutoCloseable {
    private final PluginSources sources;
    private final Log log;
    private final Thread thread = new Thread(this, "stasis-plugins");
    private volatile PluginRuntime loaded;
    private volatile Throwable failure;

    private PluginLoading(PluginSources sources, Log log) {
        this.sources = sources;
        this.log = log;
        thread.setDaemon(true);
    }

    static PluginLoading begin(PluginSources sources, Log log) {
        PluginLoading loading = new PluginLoading(sources, log);
        loading.thread.start();
        return loading;
    }

    /** Loads them. */
    @Override
    public void run() {
        try {
            loaded = PluginRuntime.start(sources, log);
        } catch (RuntimeException | Error e) {
            failure = e;
        }
    }

    /** The plugins, once they are all there; throws what went wrong with loading them. */
    @Override
    public PluginRegistry get() {
        awaitEnd();
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure != null) {
            throw (RuntimeException) failure;
        }
        return loaded.registry();
    }

    private void awaitEnd() {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Unloads them. */
    @Override
    public void close() {
        awaitEnd();
        if (loaded != null) {
            loaded.close();
        }
    }
}
