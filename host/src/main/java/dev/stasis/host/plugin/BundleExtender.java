package dev.stasis.host.plugin;

import dev.stasis.spi.StasisPlugin;
import java.util.Hashtable;
import java.util.List;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;

/**
 * Makes the plugins that a bundle's services file names and registers them as services of that bundle, so that the bundle
 * itself needs nothing of OSGi but its manifest.
 */
final class BundleExtender {
    private final List<LoadedPlugin> loaded;
    private final List<RejectedPlugin> rejected;
    private final PluginMaker maker;

    /** Adds what it makes to {@code loaded}, and what cannot be made to {@code rejected}. */
    BundleExtender(List<LoadedPlugin> loaded, List<RejectedPlugin> rejected) {
        this.loaded = loaded;
        this.rejected = rejected;
        this.maker = new PluginMaker(rejected);
    }

    /** Makes the plugins of {@code jar}, installed and resolved as {@code bundle}. */
    void extend(PluginJar jar, Bundle bundle) {
        List<StasisPlugin> plugins = maker.make(jar, jar.services(), new PluginMaker.ClassSource() {
            @Override
            public Class<?> load(String name) throws ClassNotFoundException {
                return bundle.loadClass(name);
            }
        });
        for (StasisPlugin plugin : plugins) {
            try {
                bundle.start(Bundle.START_TRANSIENT);
                register(bundle.getBundleContext(), plugin, PluginOrigin.BUNDLE);
                loaded.add(new LoadedPlugin(plugin, jar.origin()));
            } catch (BundleException | RuntimeException | LinkageError failure) {
                rejected.add(jar.reject(plugin.getClass().getName(), PluginErrorCode.PLUGIN_FAILED,
                        "it failed while it was made: " + failure, "remove it, or tell its authors"));
            }
        }
    }

    /** Registers {@code plugin}, which came through {@code door}, as a service of {@code context}. */
    static void register(BundleContext context, StasisPlugin plugin, String door) {
        Hashtable<String, Object> properties = new Hashtable<>();
        properties.put("plugin.id", plugin.id());
        properties.put("plugin.version", plugin.version());
        properties.put("plugin.origin", door);
        context.registerService(StasisPlugin.class, plugin, properties);
    }
}
