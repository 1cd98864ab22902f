package dev.stasis.spi;

import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.proc.ProcFile;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * What kinds say of an open file that processes outside of the tree have too: a restored one is no longer theirs. For
 * {@link FdKind#sharedOutside}; any thread.
 */
public final class SharedOutside {
    /** The option with which users have such files dumped all the same; plugin {@code regular-files} declares it. */
    public static final String TAKE_SHARED = "take-shared-files";

    private static final int SHOWN = 3;

    private SharedOutside() {}

    /**
     * Refuses {@code file}, unless the user gave {@code --take-shared-files}.
     *
     * @param code the plugin's own
     * @param outside the others' descriptors of it, at least one
     * @param lost what becomes of it, such as {@code they would not hear of each other any more}
     */
    public static List<Problem> refuse(ErrorCode code, OpenFile file, List<RemoteFd> outside, ClaimContext context, String lost) {
        if (context.options().isSet(TAKE_SHARED)) {
            return List.of();
        }
        return List.of(new Problem(code, file.toString(), text(outside) + ": after a restore " + lost,
                "dump the tree that has both of them, or give --" + TAKE_SHARED));
    }

    /** Such as {@code process 17 (bash) has as fd 7 the same open file, outside the tree}. */
    public static String text(List<RemoteFd> outside) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < Math.min(SHOWN, outside.size()); i++) {
            text.append(i == 0 ? "" : ", ").append("process ").append(outside.get(i).task()).append(name(outside.get(i)))
                    .append(" has as fd ").append(outside.get(i).number());
        }
        int more = outside.size() - SHOWN;
        return text.append(more > 0 ? " (and " + more + " descriptors more are)" : "").append(" the same open file, outside the tree").toString();
    }

    private static String name(RemoteFd one) {
        Optional<byte[]> name = ProcFile.tryRead(one.task(), "comm");
        return name.isEmpty() ? "" : " (" + new String(name.get(), StandardCharsets.UTF_8).strip() + ")";
    }
}
