package dev.stasis.host.plugin;

import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.osgi.framework.Version;
import org.osgi.framework.VersionRange;

/**
 * Tells whether a bundle can be wired in one way only, to the host and nothing else, and then what it imports. Nearly every
 * plugin is such a bundle, and needs no framework to be resolved, which would take a third of a cold run.
 *
 * <p>Whatever the manifest asks for beyond that, or gets wrong, is left to the framework: it decides, and says what is wrong.
 */
final class HostWiring {
    /** Headers by which a bundle offers something to others, needs more than packages, or wants to know of the framework. */
    private static final String[] FOR_THE_FRAMEWORK = {
        "Bundle-Activator", "Bundle-ActivationPolicy", "Bundle-ClassPath", "Bundle-NativeCode",
        "Bundle-RequiredExecutionEnvironment", "DynamicImport-Package", "Export-Package", "ExtensionBundle-Activator",
        "Fragment-Host", "Multi-Release", "Provide-Capability", "Require-Bundle"};
    private static final String JAVA_FILTER = "(&(osgi.ee=JavaSE)(version=";

    private final PackageExports exports;
    private final Map<PluginJar, Set<String>> wired = new IdentityHashMap<>();
    /** What was found out of packages with a range of versions: nearly all jars name the same. */
    private final Map<String, Boolean> known = new HashMap<>();

    /** Wires to what {@code exports} offers, of which nothing may come from another bundle. */
    HostWiring(PackageExports exports) {
        this.exports = exports;
    }

    /** Whether all of {@code jars} need nothing but the host. */
    boolean sufficesFor(List<PluginJar> jars) {
        for (PluginJar jar : jars) {
            if (!sufficesFor(jar)) {
                return false;
            }
        }
        return true;
    }

    private boolean sufficesFor(PluginJar jar) {
        for (String header : FOR_THE_FRAMEWORK) {
            if (jar.header(header) != null) {
                return false;
            }
        }
        try {
            return isPlainBundle(jar) && areMet(jar.header("Require-Capability")) && wire(jar);
        } catch (IllegalArgumentException malformed) {
            return false;
        }
    }

    private static boolean isPlainBundle(PluginJar jar) {
        Version.parseVersion(jar.header("Bundle-Version"));
        List<ManifestHeader.Clause> names = ManifestHeader.parse(jar.header("Bundle-SymbolicName"));
        return "2".equals(jar.header("Bundle-ManifestVersion")) && names.size() == 1 && names.get(0).parameters().isEmpty();
    }

    /** Whether {@code required} capabilities are no more than a version of Java, and it is here. */
    private static boolean areMet(String required) {
        for (ManifestHeader.Clause clause : ManifestHeader.parse(required)) {
            String filter = clause.parameter("filter:", "");
            if (!clause.name().equals("osgi.ee") || clause.parameters().size() != 1 || !isThisJava(filter)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isThisJava(String filter) {
        if (!filter.startsWith(JAVA_FILTER) || !filter.endsWith("))")) {
            return false;
        }
        int version = Integer.parseInt(filter.substring(JAVA_FILTER.length(), filter.length() - 2));
        return version > 8 && version <= Runtime.version().feature();
    }

    /** Finds what {@code jar} imports; returns whether all that must be there is. */
    private boolean wire(PluginJar jar) {
        Set<String> imports = new HashSet<>();
        for (ManifestHeader.Clause clause : exports.importsOf(jar)) {
            boolean there = offers(clause);
            if (there ? !imports.add(clause.name()) : !clause.parameter("resolution:", "").equals("optional")) {
                return false;
            }
        }
        wired.put(jar, imports);
        return true;
    }

    /** The packages of the host and the JDK that {@code jar}, for which the host suffices, sees. */
    Set<String> importsOf(PluginJar jar) {
        return wired.get(jar);
    }

    private boolean offers(ManifestHeader.Clause clause) {
        for (String parameter : clause.parameters().keySet()) {
            if (!parameter.equals("version") && !parameter.equals("resolution:")) {
                throw new IllegalArgumentException(parameter);
            }
        }
        String range = clause.parameter("version", "0.0.0");
        String both = clause.name() + ' ' + range;
        Boolean before = known.get(both);
        if (before == null) {
            before = offers(clause.name(), new VersionRange(range));
            known.put(both, before);
        }
        return before;
    }

    private boolean offers(String name, VersionRange range) {
        for (Version version : exports.versionsOf(name)) {
            if (range.includes(version)) {
                return true;
            }
        }
        return false;
    }
}
