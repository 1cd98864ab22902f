package dev.stasis.host.cli;

import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.spi.Holder;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/** Parts of the description of an open file, the same for live ones and those of an image. */
final class OpenFileText {
    private static final OpenFlags[] FLAGS = {
        OpenFlags.APPEND, OpenFlags.NONBLOCK, OpenFlags.ASYNC, OpenFlags.DIRECT, OpenFlags.DSYNC, OpenFlags.NOATIME
    };
    private static final String[] NAMES = {"APPEND", "NONBLOCK", "ASYNC", "DIRECT", "DSYNC", "NOATIME"};

    private OpenFileText() {}

    static String state(OpenFlags flags, OptionalLong position) {
        return words(flags) + (position.isPresent() ? " at " + position.getAsLong() : "");
    }

    /** The access mode and the flags that make a difference to whoever reads or writes, as open(2) names them. */
    private static String words(OpenFlags flags) {
        StringBuilder words = new StringBuilder(flags.accessMode().name().toLowerCase(Locale.ROOT).replace('_', '-'));
        for (int i = 0; i < FLAGS.length; i++) {
            if (flags.has(FLAGS[i])) {
                words.append(" O_").append(NAMES[i]);
            }
        }
        return words.toString();
    }

    /** All holders, mappings only counted: a library has five of them in each task. */
    static String holders(List<Holder> holders) {
        StringBuilder text = new StringBuilder();
        int mappings = 0;
        for (Holder holder : holders) {
            if (holder instanceof Holder.Mapping) {
                mappings++;
            } else {
                text.append(text.length() == 0 ? "" : ", ").append(holder);
            }
        }
        if (mappings > 0) {
            text.append(text.length() == 0 ? "" : ", ").append(ReportText.count(mappings, "mapping"));
        }
        return text.toString();
    }
}
