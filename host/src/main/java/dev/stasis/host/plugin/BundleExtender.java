package dev.stasis.host.plugin;

import dev.stasis.spi.StasisPlugin;
import java.lang.reflect.InvocationTargetException;
import java.util.Hashtable;
import java.util.List;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;

/**
 * Makes the plugins that a bundle's services file names and registers them as services of that bundle, so that the bundle
 * itself needs nothing of OSGi but its manifest.
 */
final class BundleExtender {
    private final List<LoadedPlugin> loaded;
    private final List<RejectedPlugin> rejected;

    /** Adds what it makes to {@code loaded}, and what cannot be made to {@code rejected}. */
    BundleExtender(List<LoadedPlugin> loaded, List<RejectedPlugin> rejected) {
        this.loaded = loaded;
        this.rejected = rejected;
    }

    /** Makes the plugins of {@code jar}, installed and resolved as {@code bundle}. */
    void extend(PluginJar jar, Bundle bundle) {
        for (String className : jar.services()) {
            try {
                StasisPlugin plugin = make(bundle, className);
                register(bundle, plugin);
                loaded.add(new LoadedPlugin(plugin, jar.origin()));
            } catch (ClassNotFoundException | NoClassDefFoundError missing) {
                rejected.add(jar.reject(className, PluginErrorCode.PLUGIN_CLASS_MISSING,
                        "its services file names a class that cannot be loaded: " + missing.getMessage(), "build it anew"));
            } catch (ClassCastException | NoSuchMethodException | IllegalAccessException | InstantiationException unfit) {
                rejected.add(jar.reject(className, PluginErrorCode.PLUGIN_CLASS_MISSING,
                        "its services file names a class that is no public plugin class with a public constructor without"
                        + " parameters: " + unfit.getMessage(), "build it anew"));
            } catch (InvocationTargetException thrown) {
                rejected.add(failed(jar, className, thrown.getCause()));
            } catch (BundleException | RuntimeException | LinkageError failure) {
                rejected.add(failed(jar, className, failure));
            }
        }
    }

    private static StasisPlugin make(Bundle bundle, String className) throws ClassNotFoundException, NoSuchMethodException,
            IllegalAccessException, InstantiationException, InvocationTargetException {
        return bundle.loadClass(className).asSubclass(StasisPlugin.class).getConstructor().newInstance();
    }

    private static void register(Bundle bundle, StasisPlugin plugin) throws BundleException {
        bundle.start(Bundle.START_TRANSIENT);
        Hashtable<String, Object> properties = new Hashtable<>();
        properties.put("plugin.id", plugin.id());
        properties.put("plugin.version", plugin.version());
        properties.put("plugin.origin", PluginOrigin.BUNDLE);
        bundle.getBundleContext().registerService(StasisPlugin.class, plugin, properties);
    }

    private static RejectedPlugin failed(PluginJar jar, String className, Throwable failure) {
        return jar.reject(className, PluginErrorCode.PLUGIN_FAILED, "it failed while it was made: " + failure,
                "remove it, or tell its authors");
    }
}
