package dev.stasis.host.plugin;

import org.pf4j.ClassLoadingStrategy;
import org.pf4j.PluginClassLoader;
import org.pf4j.PluginDescriptor;
import org.pf4j.PluginManager;

/**
 * The classes of one plain plugin. What it brings itself comes first, so that it may use another version of a library than the
 * host; but kernel-api is always the host's, even if the plugin was packed together with a copy.
 */
final class Pf4jClasses extends PluginClassLoader {

    /** Empty as yet; sees {@code host} and nothing else besides itself and its dependencies. */
    Pf4jClasses(PluginManager plugins, PluginDescriptor descriptor, HostClasses host) {
        super(plugins, descriptor, host, ClassLoadingStrategy.PDA);
    }

    @Override
    public Class<?> loadClass(String name) throws ClassNotFoundException {
        if (name.startsWith("dev.stasis.spi.") || name.startsWith("dev.stasis.linux.")) {
            return getParent().loadClass(name);
        }
        return super.loadClass(name);
    }
}
