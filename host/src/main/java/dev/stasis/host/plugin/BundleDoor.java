package dev.stasis.host.plugin;

import dev.stasis.spi.Log;
import dev.stasis.spi.StasisPlugin;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;

/** The door of OSGi bundles: loads jars through Felix and finds the plugins in them. */
final class BundleDoor implements AutoCloseable {
    private final Log log;
    private final List<LoadedPlugin> loaded = new ArrayList<>();
    private final List<RejectedPlugin> rejected = new ArrayList<>();
    private PackageExports exports;
    private FrameworkStorage storage;
    private BundleFramework framework;

    private BundleDoor(Log log) {
        this.log = log;
    }

    /** Loads {@code jars}; an {@link IOException} says that the framework finds no place for its files. */
    static BundleDoor open(List<PluginJar> jars, Log log) throws IOException, BundleException {
        BundleDoor door = new BundleDoor(log);
        try {
            BundleFramework.warmUp();
            door.exports = PackageExports.offeredTo(jars);
            door.storage = FrameworkStorage.create();
            door.framework = BundleFramework.start(door.exports, door.storage.path(), log);
            door.load(jars);
            return door;
        } catch (IOException | BundleException | RuntimeException | LinkageError failure) {
            door.close();
            throw failure;
        }
    }

    private void load(List<PluginJar> jars) {
        List<PluginJar> installed = new ArrayList<>();
        List<Bundle> bundles = new ArrayList<>();
        for (PluginJar jar : jars) {
            try {
                bundles.add(framework.install(jar.file()));
                installed.add(jar);
            } catch (BundleException refused) {
                rejected.add(jar.reject(PluginErrorCode.PLUGIN_NOT_A_BUNDLE, "it is not a valid bundle: " + refused.getMessage(),
                        "build it anew"));
            }
        }
        framework.resolve(bundles);
        BundleExtender extender = new BundleExtender(loaded, rejected);
        for (int i = 0; i < bundles.size(); i++) {
            Bundle bundle = bundles.get(i);
            if (bundle.getState() == Bundle.INSTALLED) {
                rejected.add(UnresolvedBundle.explain(installed.get(i), exports, whyUnresolved(bundle)));
            } else if (installed.get(i).services().isEmpty() && installed.get(i).header("Export-Package") == null) {
                rejected.add(installed.get(i).reject(PluginErrorCode.PLUGIN_MALFORMED, "there is no " + PluginJar.SERVICES
                        + " in it, which would name its plugin", "build it with that file"));
            } else {
                extender.extend(installed.get(i), bundle);
            }
        }
        log.debug("plugins: " + loaded.size() + " loaded, " + rejected.size() + " not usable");
    }

    private static String whyUnresolved(Bundle bundle) {
        try {
            bundle.start(Bundle.START_TRANSIENT);
            return "the framework does not say why";
        } catch (BundleException reason) {
            return reason.getMessage();
        }
    }

    /** The plugins that were found, in the order of their file names. */
    List<LoadedPlugin> loaded() {
        return loaded;
    }

    /** The version of the SPI here. */
    String spiVersion() {
        return exports.versionsOf(StasisPlugin.class.getPackageName()).get(0).toString();
    }

    /** The packages that the host offers to plugins. */
    Set<String> packagesOfHost() {
        return exports.packagesOfHost();
    }

    /** Makes {@code plugin}, which came through {@code door}, known among the services of the framework. */
    void announce(StasisPlugin plugin, String door) {
        BundleExtender.register(framework.context(), plugin, door);
    }

    /** What is there but cannot be used. */
    List<RejectedPlugin> rejected() {
        return rejected;
    }

    /** Unloads them all. */
    @Override
    public void close() throws IOException {
        if (framework != null) {
            framework.close();
        }
        if (storage != null) {
            storage.close();
        }
    }
}
