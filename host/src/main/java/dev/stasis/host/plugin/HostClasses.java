package dev.stasis.host.plugin;

import java.util.Set;

/** All that a plain plugin sees besides itself: the JDK, and those packages of the host that bundles could import too. */
final class HostClasses extends ClassLoader {
    private static final String PF4J = "org.pf4j";

    private final Set<String> packages;
    private final ClassLoader host = HostClasses.class.getClassLoader();

    /** Lets {@code packages} through. */
    HostClasses(Set<String> packages) {
        super("stasis-offered", ClassLoader.getPlatformClassLoader());
        this.packages = packages;
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        int dot = name.lastIndexOf('.');
        String packageName = dot < 0 ? "" : name.substring(0, dot);
        // PF4J makes a plugin of its own for each jar, through the jar's loader.
        if (!packages.contains(packageName) && !packageName.equals(PF4J)) {
            throw new ClassNotFoundException(name);
        }
        return host.loadClass(name);
    }
}
