package dev.stasis.bench;

/** Figures as text. */
final class Table {
    private static final String ROW = "%-14s %-14s %10s %10s %10s %10s %9s%n";

    private Table() {}

    static void head() {
        System.out.printf(ROW, "workload", "tool", "dump ms", "frozen ms", "restore ms", "inside ms", "peak MiB");
    }

    static void row(Workload workload, String tool, Figures figures) {
        System.out.printf(ROW, workload.name(), tool, millis(figures.dump()), millis(figures.frozen()),
                millis(figures.restore()), millis(figures.restoreInside()), figures.peakMemory() >> 20);
    }

    /** A row of a tool that stays in memory, where only what is inside can be told. */
    static void warmRow(Workload workload, long frozen) {
        System.out.printf(ROW, workload.name(), "stasis (warm)", "", millis(frozen), "", "", "");
    }

    static String millis(long micros) {
        return "%.1f".formatted(micros / 1000.0);
    }
}
