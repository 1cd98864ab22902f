package dev.stasis.host.phase;

/** Compares the versions of plugins: three numbers with dots; what follows the third is of no account. */
final class PluginVersion {
    private static final int PARTS = 3;

    private PluginVersion() {}

    /** Whether version {@code present} of a plugin reads what version {@code writer} of it wrote: same major, not older. */
    static boolean reads(String present, String writer) {
        int[] here = parse(present);
        int[] there = parse(writer);
        if (here[0] != there[0]) {
            return false;
        }
        return here[1] != there[1] ? here[1] > there[1] : here[2] >= there[2];
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
