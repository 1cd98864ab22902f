package dev.stasis.host.plugin;

import org.osgi.framework.Version;
import org.osgi.framework.VersionRange;
import org.pf4j.DefaultVersionManager;

/**
 * What descriptors of plain plugins say of versions: a range as bundles write it ({@code [1.0,2)}), one version, which stands
 * for itself and all later ones of its major version, or an expression of PF4J's ({@code >=1.0.0 & <2.0.0}).
 */
final class PlainVersions extends DefaultVersionManager {

    /** Whether {@code constraint} admits {@code version}; an {@link IllegalArgumentException} says that it is none. */
    @Override
    public boolean checkVersionConstraint(String version, String constraint) {
        char first = constraint.charAt(0);
        if (first == '[' || first == '(') {
            return new VersionRange(constraint).includes(Version.parseVersion(version));
        }
        if (Character.isDigit(first)) {
            Version least = Version.parseVersion(constraint);
            return new VersionRange('[', least, new Version(least.getMajor() + 1, 0, 0), ')')
                    .includes(Version.parseVersion(version));
        }
        try {
            return super.checkVersionConstraint(version, constraint);
        } catch (RuntimeException unreadable) {
            throw new IllegalArgumentException(unreadable.toString(), unreadable);
        }
    }
}
