package dev.stasis.host.plugin;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pf4j.AbstractPluginManager;
import org.pf4j.DefaultExtensionFactory;
import org.pf4j.DefaultPluginDescriptor;
import org.pf4j.ExtensionFactory;
import org.pf4j.ExtensionFinder;
import org.pf4j.Plugin;
import org.pf4j.PluginDependency;
import org.pf4j.PluginDescriptor;
import org.pf4j.PluginDescriptorFinder;
import org.pf4j.PluginFactory;
import org.pf4j.PluginLoader;
import org.pf4j.PluginRepository;
import org.pf4j.PluginStatusProvider;
import org.pf4j.PluginWrapper;
import org.pf4j.RuntimeMode;
import org.pf4j.ServiceProviderExtensionFinder;
import org.pf4j.VersionManager;

/**
 * PF4J without what depends on its surroundings: it reads no directory, keeps no lists of enabled plugins, listens to no
 * system property and is told each jar, whose descriptor was read and checked before. What remains is its loaders of classes,
 * in which a plugin sees itself, the plugins it depends on and what the host offers.
 */
final class Pf4jPlugins extends AbstractPluginManager {
    private final Map<Path, DefaultPluginDescriptor> descriptors = new HashMap<>();
    private final Map<Path, List<Path>> classPaths = new HashMap<>();
    private final HostClasses host;

    /** One that offers {@code packages} of the host to its plugins, among them the SPI in version {@code spiVersion}. */
    Pf4jPlugins(Set<String> packages, String spiVersion) {
        super(List.of(Path.of("/")));
        host = new HostClasses(packages);
        setSystemVersion(spiVersion);
    }

    /** Loads {@code jar}, whose classes are in {@code classPath}; whatever goes wrong is thrown. */
    PluginWrapper load(PluginJar jar, PlainDescriptor descriptor, List<Path> classPath) {
        DefaultPluginDescriptor one = new DefaultPluginDescriptor(descriptor.id(), "", Plugin.class.getName(),
                descriptor.version(), descriptor.requires(), "", "");
        for (String dependency : descriptor.dependencies()) {
            one.addDependency(new PluginDependency(dependency));
        }
        descriptors.put(jar.file(), one);
        classPaths.put(jar.file(), classPath);
        return loadPluginFromPath(jar.file());
    }

    /** Makes all that were loaded ready for use. */
    void resolve() {
        resolvePlugins();
    }

    @Override
    public RuntimeMode getRuntimeMode() {
        return RuntimeMode.DEPLOYMENT;
    }

    @Override
    protected boolean isPluginValid(PluginWrapper plugin) {
        return getVersionManager().checkVersionConstraint(getSystemVersion(), plugin.getDescriptor().getRequires());
    }

    @Override
    protected PluginDescriptorFinder createPluginDescriptorFinder() {
        return new PluginDescriptorFinder() {
            @Override
            public boolean isApplicable(Path path) {
                return descriptors.containsKey(path);
            }

            @Override
            public PluginDescriptor find(Path path) {
                return descriptors.get(path);
            }
        };
    }

    @Override
    protected PluginLoader createPluginLoader() {
        return new PluginLoader() {
            @Override
            public boolean isApplicable(Path path) {
                return classPaths.containsKey(path);
            }

            @Override
            public ClassLoader loadPlugin(Path path, PluginDescriptor descriptor) {
                return classes(classPaths.get(path), descriptor);
            }
        };
    }

    private Pf4jClasses classes(List<Path> classPath, PluginDescriptor descriptor) {
        Pf4jClasses classes = new Pf4jClasses(this, descriptor, host);
        try {
            for (Path place : classPath) {
                // Not addFile: it follows links, and what was unpacked lies behind one that leads nowhere else.
                classes.addURL(place.toUri().toURL());
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return classes;
    }

    @Override
    protected PluginFactory createPluginFactory() {
        return new PluginFactory() {
            @Override
            public Plugin create(PluginWrapper wrapper) {
                return new Plugin();
            }
        };
    }

    @Override
    protected PluginRepository createPluginRepository() {
        return new PluginRepository() {
            @Override
            public List<Path> getPluginPaths() {
                return List.of();
            }

            @Override
            public boolean deletePluginPath(Path path) {
                return false;
            }
        };
    }

    @Override
    protected PluginStatusProvider createPluginStatusProvider() {
        return new PluginStatusProvider() {
            @Override
            public boolean isPluginDisabled(String id) {
                return false;
            }

            @Override
            public void disablePlugin(String id) {
                throw new UnsupportedOperationException();
            }

            @Override
            public void enablePlugin(String id) {
                throw new UnsupportedOperationException();
            }
        };
    }

    @Override
    protected VersionManager createVersionManager() {
        return new PlainVersions();
    }

    @Override
    protected ExtensionFactory createExtensionFactory() {
        return new DefaultExtensionFactory();
    }

    @Override
    protected ExtensionFinder createExtensionFinder() {
        return new ServiceProviderExtensionFinder(this);
    }
}
