package dev.stasis.bench;

/** Figures as text. */
final class Table {
    private static final String ROW = "%-14s %-14s %10s %10s %10s %10s %9s%n";

    private Table() {}

    static void head() {
        System.out.printf(ROW, "workload", "tool", "dump ms", "frozen ms", "restore ms", "inside ms", "peak MiB");
    }

    /** What a tool took; nothing if it was not asked, or could not do it. */
    static void row(Workload workload, String tool, Figures figures) {
        if (figures == null || !figures.isKnown()) {
            System.out.printf(ROW, workload.name(), tool, figures == null ? "-" : "failed", "", "", "", "");
            return;
        }
        System.out.printf(ROW, workload.name(), tool, millis(figures.dump()), millis(figures.frozen()),
                millis(figures.restore()), millis(figures.restoreInside()), figures.peakMemory() >> 20);
    }

    static String millis(long micros) {
        return "%.1f".formatted(micros / 1000.0);
    }
}
