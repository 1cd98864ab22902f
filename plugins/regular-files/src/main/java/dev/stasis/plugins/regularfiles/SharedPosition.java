package dev.stasis.plugins.regularfiles;

import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.Holder;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.Problem;
import dev.stasis.spi.SharedOutside;
import java.util.List;

/** Tells what is lost when a tree comes back without what it shares with others: the position of an open file. */
final class SharedPosition {
    /** An option that plugin pipes declares: who announces a file gives another one for it at the restore. */
    private static final String EXTERNAL = "external";

    private SharedPosition() {}

    /** What is wrong with keeping {@code file}, a regular one, of which others have the descriptors {@code outside}. */
    static List<Problem> check(OpenFile file, List<RemoteFd> outside, ClaimContext context) {
        boolean deleted = file.status().links() == 0;
        if (file.flags().has(OpenFlags.APPEND) && !deleted || context.options().isSet(SharedOutside.TAKE_SHARED) || isAnnounced(file, context)) {
            return List.of();
        }
        String lost = deleted ? "after a restore they would not have the same file any more"
                : "after a restore each would have a position of its own, and they could write over each other";
        return List.of(new Problem(RegularFilesErrorCode.FILE_SHARED_OUTSIDE, subject(file),
                SharedOutside.text(outside) + ": " + lost,
                "dump the tree that has both of them, or give --" + SharedOutside.TAKE_SHARED
                        + " (--inherit-fd can put the shared one in its place at restore)"));
    }

    private static boolean isAnnounced(OpenFile file, ClaimContext context) {
        return context.options().values(EXTERNAL).contains("file[" + Long.toHexString(file.status().mountId()) + ":"
                + Long.toUnsignedString(file.status().inode().number(), 16) + "]");
    }

    private static String subject(OpenFile file) {
        for (Holder holder : file.holders()) {
            if (holder instanceof Holder.Descriptor) {
                return holder + " (" + file.link() + ")";
            }
        }
        return file.toString();
    }
}
