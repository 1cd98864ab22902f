package dev.stasis.plugins.detachedmounts;

import dev.stasis.linux.UnixPath;

/** Paths as /proc shows them, of the whole file system and below a mount. Pure. */
final class MountPaths {
    private static final String DELETED = " (deleted)";

    private MountPaths() {}

    /** Whether {@code link} is of something that has lost its name. */
    static boolean isDeleted(UnixPath link) {
        return link.endsWith(DELETED);
    }

    /** {@code link} below the mount at {@code point}, or as it is for a detached one; null when it does not lead there. */
    static UnixPath below(UnixPath link, UnixPath point) {
        if (point == null || point.length() == 1) {
            return link.isAbsolute() ? link : null;
        }
        int length = point.length();
        if (link.length() < length || !link.dropLast(link.length() - length).equals(point)) {
            return null;
        }
        UnixPath rest = link.dropFirst(length);
        if (rest.length() == 0 || rest.equals(UnixPath.of(DELETED))) {
            return UnixPath.of("/" + rest);
        }
        return rest.isAbsolute() ? rest : null;
    }

    /** What {@code whole} has more than {@code below}, which it ends with; null when it does not. */
    static UnixPath above(UnixPath whole, UnixPath below) {
        if (below.length() == 1) {
            return whole;
        }
        if (below.equals(UnixPath.of("/" + DELETED)) && whole.endsWith(DELETED)) {
            return whole;
        }
        int length = whole.length() - below.length();
        if (length < 0 || !whole.dropFirst(length).equals(below)) {
            return null;
        }
        return length == 0 ? UnixPath.of("/") : whole.dropLast(below.length());
    }

    /** {@code path} without what /proc adds to it when it is deleted. */
    static UnixPath withoutDeleted(UnixPath path) {
        return isDeleted(path) ? path.dropLast(DELETED.length()) : path;
    }
}
