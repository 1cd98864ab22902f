package dev.stasis.host.cli;

import dev.stasis.host.files.ImageContents;
import dev.stasis.host.phase.DumpPreview;
import dev.stasis.host.phase.DumpReport;
import dev.stasis.host.phase.RestoreReport;
import java.nio.file.Path;
import java.util.Map;

/** What a dump or a restore did, in one line. Plain concatenation: a formatter would cost a cold start more than all of it. */
final class ReportText {
    private static final long PAGE = 4096;

    private ReportText() {}

    static String of(DumpReport report, Path directory) {
        return "dumped " + count(report.tasks(), "task") + ", " + count(report.threads(), "thread") + ", "
                + count(report.files(), "file") + deleted(report.contents()) + " and " + size(report.pagesWritten() * PAGE) + " of memory into " + directory
                + "; frozen for " + millis(report.freezingMicros() + report.frozenMicros());
    }

    private static String deleted(ImageContents contents) {
        return contents.bytes() == 0 ? ""
                : " (" + count(contents.inodes(), "deleted file") + " with " + size(contents.bytes()) + " of contents)";
    }

    /** What a dump would keep; what stands in its way is told apart from this. */
    static String of(DumpPreview preview) {
        StringBuilder text = new StringBuilder("would keep ").append(count(preview.tasks(), "task")).append(", ")
                .append(count(preview.threads(), "thread")).append(" and ").append(count(preview.files(), "open file")).append(':');
        for (Map.Entry<String, Integer> kind : preview.kinds().entrySet()) {
            text.append("\n  ").append(kind.getValue()).append(' ').append(kind.getKey());
        }
        ImageContents contents = preview.contents();
        text.append("\n").append(count(contents.inodes(), "deleted file")).append(" with ").append(size(contents.bytes()))
                .append(" of contents, of which ").append(size(contents.neededBytes())).append(" take room; ")
                .append(size(preview.freeBytes())).append(" are free");
        return text.append("\nnothing was dumped; the tree stood still for ").append(millis(preview.frozenMicros())).toString();
    }

    static String of(RestoreReport report) {
        return "restored " + count(report.tasks(), "task") + " and " + size(report.pagesRestored() * PAGE)
                + " of memory in " + millis(report.restoreMicros()) + "; the root is process " + report.root();
    }

    static String count(long number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }

    /** A time with one decimal, such as {@code 12.3 ms}. */
    static String millis(long micros) {
        return tenths(micros / 100) + " ms";
    }

    /** A size with one decimal, such as {@code 4.5 MiB}. */
    static String size(long bytes) {
        if (bytes < 1 << 20) {
            return tenths(bytes * 10 >> 10) + " KiB";
        }
        return bytes < 1 << 30 ? tenths(bytes * 10 >> 20) + " MiB" : tenths(bytes * 10 >> 30) + " GiB";
    }

    private static String tenths(long value) {
        return value / 10 + "." + value % 10;
    }
}
