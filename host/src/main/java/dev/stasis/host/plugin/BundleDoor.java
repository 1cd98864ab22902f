package dev.stasis.host.plugin;

import dev.stasis.spi.Log;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.jar.Attributes;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;

/** The door of OSGi bundles: loads all jars of one directory through Felix and finds the plugins in them. */
final class BundleDoor implements AutoCloseable {
    private final Log log;
    private final List<LoadedPlugin> loaded = new ArrayList<>();
    private final List<RejectedPlugin> rejected = new ArrayList<>();
    private FrameworkStorage storage;
    private BundleFramework framework;

    private BundleDoor(Log log) {
        this.log = log;
    }

    /** Loads the bundles of {@code directory}; an {@link IOException} says that it cannot be read. */
    static BundleDoor open(Path directory, Log log) throws IOException, BundleException {
        BundleDoor door = new BundleDoor(log);
        try {
            BundleFramework.warmUp();
            List<PluginJar> jars = door.read(directory);
            PackageExports exports = PackageExports.offeredTo(jars);
            door.storage = FrameworkStorage.create();
            door.framework = BundleFramework.start(exports, door.storage.path(), log);
            door.load(jars, exports);
            return door;
        } catch (IOException | BundleException | RuntimeException | LinkageError failure) {
            door.close();
            throw failure;
        }
    }

    private List<PluginJar> read(Path directory) throws IOException {
        List<PluginJar> jars = new ArrayList<>();
        for (Path file : jarsOf(directory)) {
            try {
                PluginJar jar = PluginJar.read(file);
                if (jar.symbolicName().isEmpty()) {
                    rejected.add(jar.reject(PluginErrorCode.PLUGIN_NOT_A_BUNDLE,
                            "its manifest has no Bundle-SymbolicName, so it is not a bundle", "build it as a bundle"));
                } else {
                    jars.add(jar);
                }
            } catch (IOException damaged) {
                rejected.add(unreadable(file, damaged));
            }
        }
        return jars;
    }

    private static List<Path> jarsOf(Path directory) throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory.toAbsolutePath())) {
            for (Path entry : entries) {
                if (entry.toString().endsWith(".jar")) {
                    files.add(entry);
                }
            }
        } catch (DirectoryIteratorException failure) {
            throw failure.getCause();
        }
        Collections.sort(files);
        return files;
    }

    private static RejectedPlugin unreadable(Path file, IOException damaged) {
        PluginJar jar = new PluginJar(file, new Attributes(), List.of());
        return jar.reject(PluginErrorCode.PLUGIN_JAR_UNREADABLE, "it is not a readable jar: " + damaged.getMessage(),
                "copy it anew");
    }

    private void load(List<PluginJar> jars, PackageExports exports) {
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
