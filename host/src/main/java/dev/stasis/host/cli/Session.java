package dev.stasis.host.cli;

import dev.stasis.host.Stasis;
import dev.stasis.host.log.ToolLog;
import dev.stasis.host.plugin.PluginSources;
import dev.stasis.spi.StasisPlugin;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * What one run of the tool has: where to print, where to log, and Stasis itself, which starts on a thread of its own while
 * the arguments are still being read.
 */
final class Session implements AutoCloseable {
    static final String PLUGINS_DIR = "--plugins-dir";
    static final String PLUGINS = "--plugins";

    private final Console console;
    private final ToolLog log = new ToolLog();
    private FutureTask<Stasis> start;
    private PluginSources sources;
    private List<String> pluginArguments = List.of();

    Session(Console console) {
        this.console = console;
    }

    Console console() {
        return console;
    }

    ToolLog log() {
        return log;
    }

    /**
     * Begins to start Stasis with the plugins of {@code from}, and to get it ready for a dump if {@code forDump};
     * {@link #stasis()} waits for it.
     */
    void beginStart(PluginSources from, boolean forDump) {
        sources = from;
        // Not a lambda: the first one costs a cold start several milliseconds.
        start = new FutureTask<>(new Callable<Stasis>() {
            @Override
            public Stasis call() {
                Stasis stasis = Stasis.start(from, log);
                if (forDump) {
                    stasis.prepareDump();
                }
                return stasis;
            }
        });
        Thread thread = new Thread(start, "start");
        thread.setDaemon(true);
        thread.start();
    }

    /** Where the plugins come from. */
    PluginSources sources() {
        return sources;
    }

    /** Keeps the arguments that only plugins can understand. */
    void pluginArguments(List<String> arguments) {
        pluginArguments = List.copyOf(arguments);
    }

    /** Stasis, started. Throws what made the start fail. */
    Stasis stasis() {
        return stasis(start);
    }

    private static Stasis stasis(FutureTask<Stasis> started) {
        try {
            return started.get();
        } catch (ExecutionException e) {
            throw rethrown(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the plugins were starting", e);
        }
    }

    private static RuntimeException rethrown(Throwable cause) {
        if (cause instanceof Error error) {
            throw error;
        }
        return cause instanceof RuntimeException exception ? exception : new IllegalStateException(cause);
    }

    /** The plugin options that were given; throws {@link UsageException} for what no plugin knows. */
    Map<String, List<String>> pluginOptions() {
        if (pluginArguments.isEmpty()) {
            return Map.of();
        }
        List<StasisPlugin> plugins = stasis().plugins();
        return PluginArguments.of(plugins).read(pluginArguments);
    }

    /** Stops the plugins and brings the log to its end. The second time does nothing. */
    @Override
    public void close() {
        FutureTask<Stasis> started = start;
        start = null;
        try {
            if (started != null) {
                stasis(started).close();
            }
        } catch (RuntimeException | Error e) {
            // A start that failed was reported by whoever waited for it; there is nothing to stop.
            log.debug("nothing to stop: " + e);
        } finally {
            log.close();
        }
    }
}
