package dev.stasis.host.cli;

import dev.stasis.host.phase.DumpReport;
import dev.stasis.host.phase.RestoreReport;
import java.nio.file.Path;

/** What a dump or a restore did, in one line. Plain concatenation: a formatter would cost a cold start more than all of it. */
final class ReportText {
    private static final long PAGE = 4096;

    private ReportText() {}

    static String of(DumpReport report, Path directory) {
        return "dumped " + count(report.tasks(), "task") + ", " + count(report.threads(), "thread") + ", "
                + count(report.files(), "file") + " and " + size(report.pagesWritten() * PAGE) + " of memory into " + directory
                + "; frozen for " + millis(report.freezingMicros() + report.frozenMicros());
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
