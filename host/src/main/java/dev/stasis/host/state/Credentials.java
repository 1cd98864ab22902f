package dev.stasis.host.state;

import java.util.List;

/**
 * Who a thread acts as.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/credentials.7.html">credentials(7)</a>
 */
public record Credentials(
        int uid,
        int gid,
        int effectiveUid,
        int effectiveGid,
        int savedUid,
        int savedGid,
        int fileSystemUid,
        int fileSystemGid,
        List<Integer> groups,
        long inheritable,
        long permitted,
        long effective,
        long bounding,
        long ambient,
        int secureBits) {}
