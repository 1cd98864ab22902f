package dev.stasis.host.plugin;

import java.util.Arrays;

/** Compares the versions of plugins: three numbers with dots; what follows the third is of no account. */
public final class PluginVersion {
    private static final int PARTS = 3;

    private PluginVersion() {}

    /** Whether version {@code present} of a plugin reads what version {@code writer} of it wrote: same major, not older. */
    public static boolean reads(String present, String writer) {
        return parse(present)[0] == parse(writer)[0] && compare(present, writer) >= 0;
    }

    /** Less than 0, 0 or more than 0 as version {@code one} is older than, the same as or newer than {@code other}. */
    public static int compare(String one, String other) {
        return Arrays.compare(parse(one), parse(other));
    }

    /** The first number of {@code version}. */
    public static int major(String version) {
        return parse(version)[0];
    }

    private static int[] parse(String version) {
        int[] parts = new int[PARTS];
        int part = 0;
        for (int i = 0; i < version.length() && part < PARTS; i++) {
            char c = version.charAt(i);
            if (c >= '0' && c <= '9') {
                parts[part] = parts[part] * 10 + (c - '0');
            } else if (c == '.') {
                part++;
            } else {
                break;
            }
        }
        return parts;
    }
}
