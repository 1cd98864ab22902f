package dev.stasis.plugins.detachedmounts;

import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.OpenFile;

/** Files of other mount namespaces: who announces them gives their like at the restore. Pure. */
final class External {
    /** An option that plugin pipes declares; there it is for pipes. */
    private static final String OPTION = "external";

    private External() {}

    /** What inherit-fd knows {@code file} by. */
    static String key(OpenFile file) {
        return "file[" + Long.toHexString(file.status().mountId()) + ":"
                + Long.toUnsignedString(file.status().inode().number(), 16) + "]";
    }

    static boolean isAnnounced(OpenFile file, ClaimContext context) {
        return file.hasDescriptor() && context.options().values(OPTION).contains(key(file));
    }

    static String reason(FoundMount.Foreign mount) {
        return "its mount belongs to another mount namespace: it is at " + mount.entry().mountPoint() + " there, as process "
                + mount.process() + " sees it";
    }

    /** How to announce {@code file}. */
    static String help(OpenFile file) {
        return file.hasDescriptor() ? "dump with --external '" + key(file) + "' and restore with " + replacement(key(file))
                : "only files of descriptors can be announced (--external)";
    }

    static String replacement(String key) {
        return "--inherit-fd 'fd[N]:" + key + "'";
    }
}
