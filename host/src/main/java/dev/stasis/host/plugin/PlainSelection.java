package dev.stasis.host.plugin;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pf4j.PluginDependency;

/**
 * Decides by their descriptors which plain plugins can be loaded. PF4J itself would only write into a log what it leaves out,
 * and a single unmet dependency would end its work; so it is given none but those that it can load.
 */
final class PlainSelection {
    private static final String SPI = "dev.stasis.spi";
    private static final String MADE_FOR_THIS = "install the version of the plugin that was made for this Stasis";

    private final String spiVersion;
    private final PlainVersions versions = new PlainVersions();
    private final Map<PluginJar, PlainDescriptor> selected = new LinkedHashMap<>();
    private final List<RejectedPlugin> rejected = new ArrayList<>();

    private PlainSelection(String spiVersion) {
        this.spiVersion = spiVersion;
    }

    /** Looks at {@code jars}, for a host that offers the SPI in {@code spiVersion}. */
    static PlainSelection of(List<PluginJar> jars, String spiVersion) {
        PlainSelection selection = new PlainSelection(spiVersion);
        for (PluginJar jar : jars) {
            selection.consider(jar, PlainDescriptor.of(jar));
        }
        selection.dropTwins();
        while (selection.dropUnmet()) {
            // what needed one of the dropped is dropped in the next round
        }
        selection.dropCircles();
        return selection;
    }

    private void consider(PluginJar jar, PlainDescriptor descriptor) {
        String missing = descriptor.id().isEmpty() ? "no id (plugin.id, Plugin-Id)"
                : descriptor.version().isEmpty() ? "no version (plugin.version, Plugin-Version)"
                : descriptor.requires().isEmpty() ? "not for which versions of " + SPI + " it is made (plugin.requires,"
                + " Plugin-Requires)" : "";
        if (!missing.isEmpty()) {
            reject(jar, PluginErrorCode.PLUGIN_DESCRIPTOR_WRONG, "its descriptor says " + missing, "complete the descriptor");
        } else if (!descriptor.pluginClass().isEmpty()) {
            reject(jar, PluginErrorCode.PLUGIN_DESCRIPTOR_WRONG, "its descriptor names a class, " + descriptor.pluginClass()
                    + ", that nobody would start", "name the plugin in " + PluginJar.SERVICES + " and no class in the descriptor");
        } else if (suits(jar, descriptor)) {
            selected.put(jar, descriptor);
        }
    }

    private boolean suits(PluginJar jar, PlainDescriptor descriptor) {
        try {
            if (versions.checkVersionConstraint(spiVersion, descriptor.requires())) {
                return true;
            }
            reject(jar, PluginErrorCode.PLUGIN_UNRESOLVED, "it needs package " + SPI + " in version " + descriptor.requires()
                    + ", but here is [" + spiVersion + "]", MADE_FOR_THIS + ", or what it needs");
        } catch (IllegalArgumentException unreadable) {
            reject(jar, PluginErrorCode.PLUGIN_DESCRIPTOR_WRONG, "its descriptor requires '" + descriptor.requires()
                    + "', which is no range of versions", "write it like [1.0,2)");
        }
        return false;
    }

    private void dropTwins() {
        List<PluginJar> all = new ArrayList<>(selected.keySet());
        for (PluginJar jar : all) {
            for (PluginJar other : all) {
                if (jar != other && PlainDescriptor.of(jar).id().equals(PlainDescriptor.of(other).id())
                        && selected.remove(jar) != null) {
                    reject(jar, PluginErrorCode.PLUGIN_ID_TAKEN, "the plugin in " + other.file() + " has the same id",
                            "remove one of the two");
                }
            }
        }
    }

    /** Drops those that need what is not here; returns whether there were any. */
    private boolean dropUnmet() {
        boolean dropped = false;
        for (Map.Entry<PluginJar, PlainDescriptor> one : List.copyOf(selected.entrySet())) {
            String unmet = unmet(one.getValue());
            if (!unmet.isEmpty()) {
                selected.remove(one.getKey());
                reject(one.getKey(), PluginErrorCode.PLUGIN_UNRESOLVED, unmet, "install that as well, as a plain plugin");
                dropped = true;
            }
        }
        return dropped;
    }

    private String unmet(PlainDescriptor descriptor) {
        for (String text : descriptor.dependencies()) {
            PluginDependency dependency = new PluginDependency(text);
            PlainDescriptor present = selected(dependency.getPluginId());
            String range = dependency.getPluginVersionSupport();
            String wanted = "it needs plugin " + dependency.getPluginId() + (range.equals("*") ? "" : " in version " + range);
            if (present == null && !dependency.isOptional()) {
                return wanted + ", which is not here";
            }
            if (present != null && !fits(present, range)) {
                return wanted + ", but here is " + present.version();
            }
        }
        return "";
    }

    private boolean fits(PlainDescriptor present, String range) {
        try {
            return versions.checkVersionConstraint(present.version(), range);
        } catch (IllegalArgumentException unreadable) {
            return false;
        }
    }

    private PlainDescriptor selected(String id) {
        for (PlainDescriptor descriptor : selected.values()) {
            if (descriptor.id().equals(id)) {
                return descriptor;
            }
        }
        return null;
    }

    /** What remains after everything that needs nothing, then what needs only that, and so on was taken away. */
    private void dropCircles() {
        Map<PluginJar, PlainDescriptor> left = new LinkedHashMap<>(selected);
        boolean taken = true;
        while (taken) {
            taken = false;
            for (Map.Entry<PluginJar, PlainDescriptor> one : List.copyOf(left.entrySet())) {
                if (!needsOneOf(one.getValue(), left)) {
                    left.remove(one.getKey());
                    taken = true;
                }
            }
        }
        for (PluginJar jar : left.keySet()) {
            selected.remove(jar);
            reject(jar, PluginErrorCode.PLUGIN_UNRESOLVED, "it needs plugins that in the end need it", "tell its authors");
        }
    }

    private static boolean needsOneOf(PlainDescriptor descriptor, Map<PluginJar, PlainDescriptor> others) {
        for (String text : descriptor.dependencies()) {
            for (PlainDescriptor other : others.values()) {
                if (other.id().equals(new PluginDependency(text).getPluginId())) {
                    return true;
                }
            }
        }
        return false;
    }

    private void reject(PluginJar jar, PluginErrorCode code, String reason, String help) {
        rejected.add(jar.reject(code, reason, help));
    }

    /** Those that can be loaded, in order. */
    Map<PluginJar, PlainDescriptor> selected() {
        return selected;
    }

    /** Those that cannot. */
    List<RejectedPlugin> rejected() {
        return rejected;
    }
}
