package dev.stasis.host;

import dev.stasis.host.phase.DryRun;
import dev.stasis.host.phase.Dump;
import dev.stasis.host.phase.DumpPreview;
import dev.stasis.host.phase.DumpReport;
import dev.stasis.host.phase.DumpRequest;
import dev.stasis.host.phase.Progress;
import dev.stasis.host.phase.Rehearsal;
import dev.stasis.host.phase.RestoreRehearsal;
import dev.stasis.host.phase.Restore;
import dev.stasis.host.phase.RestoreReport;
import dev.stasis.host.phase.RestoreRequest;
import dev.stasis.host.plugin.PluginRegistry;
import dev.stasis.host.plugin.PluginSources;
import dev.stasis.host.plugin.PluginStart;
import dev.stasis.spi.Log;
import dev.stasis.spi.StasisPlugin;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The way in for those who embed Stasis: starts the plugins once, then dumps and restores as often as asked.
 *
 * <p>Any thread may call, one call at a time; the work itself is done by one thread of its own, because the kernel ties a
 * traced task to the thread that attached to it.
 */
public final class Stasis implements AutoCloseable {
    private final PluginStart plugins;
    private final TracerThread tracer = new TracerThread();
    private final AtomicBoolean rehearsed = new AtomicBoolean();
    private final Log log;

    private Stasis(PluginStart plugins, Log log) {
        this.plugins = plugins;
        this.log = log;
    }

    /**
     * Starts with the plugins (jar files) of {@code pluginDirectory}. They are loaded while this call has returned already;
     * what goes wrong with that is thrown by the first call that needs them.
     */
    public static Stasis start(Path pluginDirectory, Log log) {
        return start(PluginSources.of(pluginDirectory), log);
    }

    /** The same, with the plugins of {@code sources}. */
    public static Stasis start(PluginSources sources, Log log) {
        return new Stasis(PluginStart.begin(sources, log), log);
    }

    /** The plugins that were started, in the order of their ids. */
    public List<StasisPlugin> plugins() {
        return registry().plugins();
    }

    /** The plugins that were started and those that could not be, with all they add. */
    public PluginRegistry registry() {
        return plugins.get();
    }

    /**
     * Begins to get ready for a dump, by rehearsing one, and returns at once: the first dump then takes less, and its tree
     * stands still for a shorter time. Not needed; only the first call has an effect.
     */
    public void prepareDump() {
        if (!rehearsed.getAndSet(true)) {
            tracer.submit(new Runnable() {
                @Override
                public void run() {
                    Rehearsal.run(plugins, log);
                }
            });
        }
    }

    /**
     * For those who stay and dump and restore again and again: rehearses both until their code is compiled, and returns then, after
     * a few seconds. Trees then stand still for a fraction of the time, and come back in one, from the first time on rather than
     * from the hundredth.
     */
    public void warmUp() {
        tracer.call(new Callable<Void>() {
            @Override
            public Void call() {
                Rehearsal.untilWarm(plugins, log);
                RestoreRehearsal.untilWarm(plugins, log);
                return null;
            }
        });
    }

    /** Dumps a tree; throws {@link dev.stasis.spi.StasisException}, and the tree runs on, when that cannot be done. */
    public DumpReport dump(DumpRequest request, Progress progress) {
        prepareDump();
        return tracer.call(new Callable<DumpReport>() {
            @Override
            public DumpReport call() {
                return new Dump(plugins.get(), request, progress, log).run();
            }
        });
    }

    /** Looks what dumping a tree would do, and leaves it running; throws {@link dev.stasis.spi.StasisException} if it cannot look. */
    public DumpPreview preview(DumpRequest request) {
        return tracer.call(new Callable<DumpPreview>() {
            @Override
            public DumpPreview call() {
                return new DryRun(plugins.get(), request, log).run();
            }
        });
    }

    /** Brings a tree back; throws {@link dev.stasis.spi.StasisException}, and nothing is left behind, when it cannot. */
    public RestoreReport restore(RestoreRequest request, Progress progress) {
        return tracer.call(new Callable<RestoreReport>() {
            @Override
            public RestoreReport call() {
                Restore restore = new Restore(plugins, request, progress, log);
                RestoreReport report = restore.run();
                if (restore.rootFollowsParent()) {
                    tracer.stay();
                }
                return report;
            }
        });
    }

    /** Stops the plugins. Restored trees are not affected. */
    @Override
    public void close() {
        tracer.close();
        plugins.close();
    }
}
