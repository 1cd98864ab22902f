package dev.stasis.host.plugin;

import java.util.List;
import org.osgi.framework.Version;
import org.osgi.framework.VersionRange;

/** Tells in the user's words why a bundle does not resolve. */
final class UnresolvedBundle {
    private static final String HELP = "install the version of the plugin that was made for this Stasis, or what it needs";

    private UnresolvedBundle() {}

    /**
     * Why {@code jar} does not resolve.
     *
     * @param exports all packages that there are
     * @param message what the framework said, for causes other than missing packages
     */
    static RejectedPlugin explain(PluginJar jar, PackageExports exports, String message) {
        StringBuilder reason = new StringBuilder();
        for (ManifestHeader.Clause clause : ManifestHeader.parse(jar.header("Import-Package"))) {
            if (!clause.parameter("resolution:", "").equals("optional")) {
                addMissing(clause, exports, reason);
            }
        }
        String text = reason.length() == 0 ? "it does not resolve: " + message : reason.toString();
        return jar.reject(PluginErrorCode.PLUGIN_UNRESOLVED, text, HELP);
    }

    private static void addMissing(ManifestHeader.Clause clause, PackageExports exports, StringBuilder reason) {
        String range = clause.parameter("version", "0.0.0");
        List<Version> present = exports.versionsOf(clause.name());
        if (!includesAny(new VersionRange(range), present)) {
            reason.append(reason.length() == 0 ? "it needs package " : "; it needs package ").append(clause.name())
                    .append(" in version ").append(range)
                    .append(present.isEmpty() ? ", which nothing here offers" : ", but here is " + present);
        }
    }

    private static boolean includesAny(VersionRange range, List<Version> versions) {
        for (Version version : versions) {
            if (range.includes(version)) {
                return true;
            }
        }
        return false;
    }
}
