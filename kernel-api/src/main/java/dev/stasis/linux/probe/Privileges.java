package dev.stasis.linux.probe;

import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What this process may do.
 *
 * @param effective the effective capabilities, one bit each
 * @see <a href="https://man7.org/linux/man-pages/man7/capabilities.7.html">capabilities(7)</a>
 */
public record Privileges(long effective) {
    private static final int STATUS_SIZE = 1 << 14;
    private static final String LINE = "\nCapEff:\t";

    /** Those of this process now. */
    public static Privileges ofThisProcess() {
        try (Fd status = FileCalls.open(UnixPath.of("/proc/self/status"), OpenFlags.RDONLY, 0)) {
            return parse(FileCalls.read(status, STATUS_SIZE));
        }
    }

    /** Those that the bytes of {@code /proc/PID/status} show. */
    static Privileges parse(byte[] status) {
        String text = new String(status, StandardCharsets.ISO_8859_1);
        int start = text.indexOf(LINE) + LINE.length();
        return new Privileges(Long.parseUnsignedLong(text, start, start + 16, 16));
    }

    /** Those of {@code wanted} that are missing. */
    public List<Capability> missing(Capability... wanted) {
        List<Capability> missing = new ArrayList<>();
        for (Capability capability : wanted) {
            if (!capability.isIn(effective)) {
                missing.add(capability);
            }
        }
        return missing;
    }

    /** Whether {@code capability} is effective. */
    public boolean has(Capability capability) {
        return capability.isIn(effective);
    }
}
