package dev.stasis.host.cli;

import dev.stasis.host.Stasis;
import dev.stasis.host.log.ToolLog;
import dev.stasis.host.plugin.PluginSources;
import dev.stasis.spi.StasisPlugin;
import java.util.List;
import java.util.Map;

/**
 * What one run of the tool has: where to print, where to log, and Stasis itself, which starts while the arguments are still being
 * read.
 */
final class Session implements AutoCloseable {
    static final String PLUGINS_DIR = "--plugins-dir";
    static final String PLUGINS = "--plugins";

    private final Console console;
    private final ToolLog log = new ToolLog();
    private Stasis stasis;
    private PluginSources sources;
    private List<String> pluginArguments = List.of();
    private Interruption interruption;

    Session(Console console) {
        this.console = console;
    }

    Console console() {
        return console;
    }

    ToolLog log() {
        return log;
    }

    /** Has the user's wish to stop end {@code command} in good order from now on. */
    void listenFor(String command) {
        interruption = Interruption.listen(command, console);
    }

    /** The user's wish to stop a command that {@linkplain Command#changesTrees changes trees}. */
    Interruption interruption() {
        return interruption;
    }

    /**
     * Starts Stasis with the plugins of {@code from}, and gets it ready for a dump if {@code forDump}; both go on while the caller
     * does something else, and {@link Stasis} waits for what it needs.
     */
    void beginStart(PluginSources from, boolean forDump) {
        sources = from;
        stasis = Stasis.start(from, log);
        if (forDump) {
            stasis.prepareDump();
        }
    }

    /** Where the plugins come from. */
    PluginSources sources() {
        return sources;
    }

    /** Keeps the arguments that only plugins can understand. */
    void pluginArguments(List<String> arguments) {
        pluginArguments = List.copyOf(arguments);
    }

    /** Stasis, started. */
    Stasis stasis() {
        return stasis;
    }

    /** The plugin options that were given; throws {@link UsageException} for what no plugin knows. */
    Map<String, List<String>> pluginOptions() {
        if (pluginArguments.isEmpty()) {
            return Map.of();
        }
        List<StasisPlugin> plugins = stasis.plugins();
        return PluginArguments.of(plugins).read(pluginArguments);
    }

    /** Stops the plugins and brings the log to its end. The second time does nothing. */
    @Override
    public void close() {
        Stasis started = stasis;
        stasis = null;
        try {
            if (started != null) {
                started.close();
            }
        } catch (RuntimeException | Error e) {
            // What a command has done is done, and what could not be started was reported by whoever waited for it.
            log.debug("stopping the plugins: " + e);
        } finally {
            log.close();
        }
    }
}
