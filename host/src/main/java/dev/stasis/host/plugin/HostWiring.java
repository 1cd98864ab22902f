package dev.stasis.host.plugin;

import java.util.HashSet;
import java.util.List;
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
            return isPlainBundle(jar) && areMet(jar.header("Require-Capability")) && importsOf(jar) != null;
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

    /** The packages that {@code jar} imports, all of which are the host's or the JDK's; null if one is missing. */
    Set<String> importsOf(PluginJar jar) {
        Set<String> imports = new HashSet<>();
        for (ManifestHeader.Clause clause : ManifestHeader.parse(jar.header("Import-Package"))) {
            if (offers(clause)) {
                if (!imports.add(clause.name())) {
                    return null;
                }
            } else if (!clause.parameter("resolution:", "").equals("optional")) {
                return null;
            }
        }
        return imports;
    }

    private boolean offers(ManifestHeader.Clause clause) {
        for (String parameter : clause.parameters().keySet()) {
            if (!parameter.equals("version") && !parameter.equals("resolution:")) {
                throw new IllegalArgumentException(parameter);
            }
        }
        VersionRange range = new VersionRange(clause.parameter("version", "0.0.0"));
        for (Version version : exports.versionsOf(clause.name())) {
            if (range.includes(version)) {
                return true;
            }
        }
        return false;
    }
}
