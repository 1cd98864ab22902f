package dev.stasis.host.image;

import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import java.nio.charset.StandardCharsets;

/** The name of the running kernel, for people who wonder where an image came from. */
final class KernelRelease {
    private static final UnixPath FILE = UnixPath.of("/proc/sys/kernel/osrelease");

    private KernelRelease() {}

    /** As uname(2) tells it; {@code unknown} where /proc does not say. */
    static String read() {
        try (Fd file = FileCalls.open(FILE, OpenFlags.RDONLY, 0)) {
            return new String(FileCalls.read(file, 256), StandardCharsets.US_ASCII).trim();
        } catch (KernelException e) {
            return "unknown";
        }
    }
}
