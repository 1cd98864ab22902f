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
        int secureBits) {

    /** The same without the capabilities that {@code most} has not, and with its secure bits. */
    public Credentials within(Credentials most) {
        return new Credentials(uid, gid, effectiveUid, effectiveGid, savedUid, savedGid, fileSystemUid, fileSystemGid, groups,
                inheritable & most.bounding, permitted & most.permitted, effective & most.permitted, bounding & most.bounding,
                ambient & most.permitted & most.bounding, most.secureBits);
    }
}
