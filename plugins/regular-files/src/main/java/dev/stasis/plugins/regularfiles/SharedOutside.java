package dev.stasis.plugins.regularfiles;

import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.Holder;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.Problem;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Tells what is lost when a tree comes back without what it shares with others: the position of an open file. */
final class SharedOutside {
    /** The option to dump such files all the same. */
    static final String TAKE_SHARED = "take-shared-files";

    /** An option that plugin pipes declares: who announces a file gives another one for it at the restore. */
    private static final String EXTERNAL = "external";

    private static final int SHOWN = 3;

    private SharedOutside() {}

    /** What is wrong with keeping {@code file}, a regular one, of which others have the descriptors {@code outside}. */
    static List<Problem> check(OpenFile file, List<RemoteFd> outside, ClaimContext context) {
        boolean deleted = file.status().links() == 0;
        if (file.flags().has(OpenFlags.APPEND) && !deleted || context.options().isSet(TAKE_SHARED) || isAnnounced(file, context)) {
            return List.of();
        }
        String lost = deleted ? "after a restore they would not have the same file any more"
                : "after a restore each would have a position of its own, and they could write over each other";
        return List.of(new Problem(RegularFilesErrorCode.FILE_SHARED_OUTSIDE, subject(file),
                outside(outside) + " the same open file, outside the tree: " + lost,
                "dump the tree that has both of them, or give --" + TAKE_SHARED
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

    /** Such as {@code process 17 (bash) has as fd 7}. */
    private static String outside(List<RemoteFd> outside) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < Math.min(SHOWN, outside.size()); i++) {
            text.append(i == 0 ? "" : ", ").append("process ").append(outside.get(i).task()).append(name(outside.get(i).task()))
                    .append(" has as fd ").append(outside.get(i).number());
        }
        int more = outside.size() - SHOWN;
        return more > 0 ? text.append(" (and ").append(more).append(" descriptors more are)").toString() : text.toString();
    }

    private static String name(Pid task) {
        Optional<byte[]> name = ProcFile.tryRead(task, "comm");
        return name.isEmpty() ? "" : " (" + new String(name.get(), StandardCharsets.UTF_8).strip() + ")";
    }
}
