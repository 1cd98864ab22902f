package dev.stasis.host.plugin;

import dev.stasis.spi.Log;
import dev.stasis.spi.StasisPlugin;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;

/**
 * The door of OSGi bundles: loads jars and finds the plugins in them. When one of them needs more than the host, all of them are
 * loaded by Felix, which wires them to each other; otherwise nothing is to be resolved, and Felix is not even started.
 */
final class BundleDoor implements AutoCloseable {
    private final Log log;
    private final List<LoadedPlugin> loaded = new ArrayList<>();
    private final List<RejectedPlugin> rejected = new ArrayList<>();
    private final List<BundleClasses> open = new ArrayList<>();
    private PackageExports exports;
    private FrameworkStorage storage;
    private BundleFramework framework;

    private BundleDoor(Log log) {
        this.log = log;
    }

    /**
     * Loads {@code jars}, through the framework also if it is not needed when {@code inFramework}; an {@link IOException} says
     * that the framework finds no place for its files.
     */
    static BundleDoor open(List<PluginJar> jars, boolean inFramework, Log log) throws IOException, BundleException {
        BundleDoor door = new BundleDoor(log);
        try {
            door.exports = PackageExports.offeredTo(jars);
            HostWiring wiring = new HostWiring(door.exports);
            if (!inFramework && wiring.sufficesFor(jars)) {
                door.load(jars, wiring);
            } else {
                door.startFramework();
                door.load(jars);
            }
            log.debug("plugins: " + door.loaded.size() + " loaded, " + door.rejected.size() + " not usable");
            return door;
        } catch (IOException | BundleException | RuntimeException | LinkageError failure) {
            door.close();
            throw failure;
        }
    }

    private void load(List<PluginJar> jars, HostWiring wiring) throws IOException {
        PluginMaker maker = new PluginMaker(rejected);
        for (PluginJar jar : jars) {
            if (jar.services().isEmpty()) {
                rejected.add(nameless(jar));
                continue;
            }
            BundleClasses classes = new BundleClasses(jar, wiring.importsOf(jar));
            open.add(classes);
            for (StasisPlugin plugin : maker.make(jar, jar.services(), classes)) {
                loaded.add(new LoadedPlugin(plugin, jar.origin()));
            }
        }
    }

    private static RejectedPlugin nameless(PluginJar jar) {
        return jar.reject(PluginErrorCode.PLUGIN_MALFORMED, "there is no " + PluginJar.SERVICES
                + " in it, which would name its plugin", "build it with that file");
    }

    private void startFramework() throws IOException, BundleException {
        storage = FrameworkStorage.create();
        framework = BundleFramework.start(exports, storage.path(), log);
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
                rejected.add(nameless(installed.get(i)));
            } else {
                extender.extend(installed.get(i), bundle);
            }
        }
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

    /** Makes {@code plugin}, which came through {@code door}, known among the services of the framework, if that runs. */
    void announce(StasisPlugin plugin, String door) {
        if (framework != null) {
            BundleExtender.register(framework.context(), plugin, door);
        }
    }

    /** What is there but cannot be used. */
    List<RejectedPlugin> rejected() {
        return rejected;
    }

    /** Unloads them all. */
    @Override
    public void close() throws IOException {
        for (BundleClasses classes : open) {
            classes.close();
        }
        if (framework != null) {
            framework.close();
        }
        if (storage != null) {
            storage.close();
        }
    }
}
