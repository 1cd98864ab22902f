package dev.stasis.plugins.inotify;

import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.Problem;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Instances and groups that a process outside of the tree has too: whoever reads an event takes it from the other. */
final class SharedOutside {
    private static final String TAKE_SHARED = "take-shared-files";

    private SharedOutside() {}

    /** What is wrong with keeping {@code file}, of which others have the descriptors {@code outside}. */
    static List<Problem> check(OpenFile file, List<RemoteFd> outside, ClaimContext context) {
        if (context.options().isSet(TAKE_SHARED)) {
            return List.of();
        }
        RemoteFd one = outside.get(0);
        Optional<byte[]> name = ProcFile.tryRead(one.task(), "comm");
        String process = "process " + one.task()
                + (name.isEmpty() ? "" : " (" + new String(name.get(), StandardCharsets.UTF_8).strip() + ")");
        return List.of(new Problem(InotifyErrorCode.INSTANCE_SHARED_OUTSIDE, file.toString(),
                process + " has as fd " + one.number() + " the same open file, outside the tree"
                        + (outside.size() > 1 ? ", and " + (outside.size() - 1) + " descriptors more are" : "")
                        + ": after a restore each would read all events, of which one of them reads each now",
                "dump the tree that has both of them, or give --" + TAKE_SHARED));
    }
}
