package dev.stasis.host.files;

import dev.stasis.linux.DeviceNumber;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileType;
import dev.stasis.spi.OpenFile;

/**
 * Tells who serves a file system of their own through /dev/fuse. While such a server stands still, whoever touches a file there
 * waits for it, and so would a tool that froze it.
 *
 * @see <a href="https://man7.org/linux/man-pages/man4/fuse.4.html">fuse(4)</a>
 */
public final class FuseServers {
    private static final DeviceNumber FUSE = new DeviceNumber(10, 229);

    private FuseServers() {}

    /** Whether {@code file} is a server's connection. */
    static boolean isOne(OpenFile file) {
        return file.status().type() == FileType.CHARACTER_DEVICE && file.status().represents().equals(FUSE);
    }

    /** Whether what {@code link} leads to may be one; looks at nothing. */
    public static boolean isLikely(UnixPath link) {
        return link.endsWith("/fuse");
    }
}
