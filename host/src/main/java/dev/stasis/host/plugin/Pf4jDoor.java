package dev.stasis.host.plugin;

import dev.stasis.spi.Log;
import dev.stasis.spi.StasisPlugin;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pf4j.PluginWrapper;

/**
 * The door of plain jars and zips: loads them through PF4J and makes the plugins that their services files name. Its classes,
 * and PF4J's, are loaded only in a run that has such a jar.
 */
final class Pf4jDoor implements AutoCloseable {
    private final Log log;
    private final Pf4jPlugins plugins;
    private final List<LoadedPlugin> loaded = new ArrayList<>();
    private final List<RejectedPlugin> rejected = new ArrayList<>();
    private FrameworkStorage unpacked;

    private Pf4jDoor(BundleDoor host, Log log) {
        this.log = log;
        this.plugins = new Pf4jPlugins(host.packagesOfHost(), host.spiVersion());
    }

    /** Loads {@code jars} beside the bundles of {@code host}, whose framework gets to know the plugins too. */
    static Pf4jDoor open(List<PluginJar> jars, BundleDoor host, Log log) {
        Pf4jDoor door = new Pf4jDoor(host, log);
        try {
            PlainSelection selection = PlainSelection.of(jars, host.spiVersion());
            door.rejected.addAll(selection.rejected());
            door.load(selection.selected(), host);
            log.debug("plain plugins: " + door.loaded.size() + " loaded, " + door.rejected.size() + " not usable");
            return door;
        } catch (RuntimeException | LinkageError failure) {
            door.close();
            throw failure;
        }
    }

    private void load(Map<PluginJar, PlainDescriptor> selected, BundleDoor host) {
        Map<PluginJar, List<Path>> classPaths = new LinkedHashMap<>();
        for (Map.Entry<PluginJar, PlainDescriptor> one : selected.entrySet()) {
            try {
                List<Path> classPath = classPath(one.getKey(), classPaths.size());
                plugins.load(one.getKey(), one.getValue(), classPath);
                classPaths.put(one.getKey(), classPath);
            } catch (IOException damaged) {
                rejected.add(one.getKey().reject(PluginErrorCode.PLUGIN_JAR_UNREADABLE,
                        "it cannot be unpacked: " + damaged.getMessage(), "copy it anew"));
            } catch (RuntimeException | LinkageError failure) {
                rejected.add(one.getKey().reject(PluginErrorCode.PLUGIN_FAILED, "it cannot be loaded: " + failure,
                        "remove it, or tell its authors"));
            }
        }
        plugins.resolve();
        for (Map.Entry<PluginJar, List<Path>> one : classPaths.entrySet()) {
            make(one.getKey(), one.getValue(), selected.get(one.getKey()), host);
        }
    }

    private List<Path> classPath(PluginJar jar, int number) throws IOException {
        if (!PluginJar.isZip(jar.file())) {
            return List.of(jar.file());
        }
        if (unpacked == null) {
            unpacked = FrameworkStorage.forLibraries();
        }
        return UnpackedZip.unpack(jar.file(), unpacked.path().resolve(Integer.toString(number)));
    }

    private void make(PluginJar jar, List<Path> classPath, PlainDescriptor descriptor, BundleDoor host) {
        try {
            plugins.startPlugin(descriptor.id());
            ClassLoader classes = plugins.getPluginClassLoader(descriptor.id());
            List<String> services = services(jar, classPath);
            List<StasisPlugin> made = new PluginMaker(rejected).make(jar, services, new PluginMaker.ClassSource() {
                @Override
                public Class<?> load(String name) throws ClassNotFoundException {
                    return classes.loadClass(name);
                }
            });
            if (services.isEmpty()) {
                rejected.add(jar.reject(PluginErrorCode.PLUGIN_MALFORMED, "there is no " + PluginJar.SERVICES + " in it,"
                        + " which would name its plugin", "build it with that file"));
            }
            admit(jar, descriptor, made, host);
        } catch (IOException | RuntimeException | LinkageError failure) {
            rejected.add(jar.reject(PluginErrorCode.PLUGIN_FAILED, "it failed while it was made: " + failure,
                    "remove it, or tell its authors"));
        }
    }

    private static List<String> services(PluginJar jar, List<Path> classPath) throws IOException {
        List<String> names = new ArrayList<>(jar.services());
        for (Path library : classPath.subList(1, classPath.size())) {
            names.addAll(PluginJar.read(library).services());
        }
        return names;
    }

    /** The descriptor decided whether the plugin suits; so it must not be that of another one. */
    private void admit(PluginJar jar, PlainDescriptor descriptor, List<StasisPlugin> made, BundleDoor host) {
        for (StasisPlugin plugin : made) {
            String own = plugin.id() + " " + plugin.version();
            if (own.equals(descriptor.id() + " " + descriptor.version())) {
                host.announce(plugin, PluginOrigin.PLAIN);
                loaded.add(new LoadedPlugin(plugin, jar.origin()));
            } else {
                rejected.add(jar.reject(PluginErrorCode.PLUGIN_DESCRIPTOR_WRONG, "its descriptor says " + descriptor.id() + " "
                        + descriptor.version() + ", the plugin itself " + own, "make the two agree"));
            }
        }
    }

    /** The plugins that were found. */
    List<LoadedPlugin> loaded() {
        return loaded;
    }

    /** What is there but cannot be used. */
    List<RejectedPlugin> rejected() {
        return rejected;
    }

    /** Unloads them all. */
    @Override
    public void close() {
        for (PluginWrapper plugin : plugins.getPlugins()) {
            plugins.unloadPlugin(plugin.getPluginId());
        }
        if (unpacked != null) {
            try {
                unpacked.close();
            } catch (IOException failure) {
                log.debug("what was unpacked of plain plugins stays: " + failure);
            }
        }
    }
}
