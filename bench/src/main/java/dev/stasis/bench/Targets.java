package dev.stasis.bench;

import java.util.Map;

/**
 * Compares figures with what they are meant to be, as ratios: to yardsticks and a working peer of the same run, else to what
 * was {@linkplain RecordedPeer recorded} of the peer.
 */
final class Targets {
    private static final long GIB = 1L << 30;
    private static final long MAX_PEAK_MIB = 150;
    private static final long MOST_FOR_PLUGINS = 60_000;
    private static final String ROW = "  %-34s %10s %10s %7.2f %-9s %s%n";

    private final Map<String, Figures> ours;
    private final Map<String, Figures> peers;
    private final Yardsticks yardsticks;
    private final long warmFrozen;

    Targets(Map<String, Figures> ours, Map<String, Figures> peers, Yardsticks yardsticks, long warmFrozen) {
        this.ours = ours;
        this.peers = peers;
        this.yardsticks = yardsticks;
        this.warmFrozen = warmFrozen;
    }

    void print() {
        System.out.printf("%-36s %10s %10s %7s %-9s%n", "targets", "ours ms", "of ms", "ratio", "target");
        Figures idle = ours.get("idle");
        if (idle != null) {
            ratio("idle, frozen / empty JVM", idle.frozen(), yardsticks.emptyJvmMicros(), 0.5);
            ratio("idle, dump / empty JVM", idle.dump(), yardsticks.emptyJvmMicros(), 6);
            ratio("idle, restore / empty JVM", idle.restore(), yardsticks.emptyJvmMicros(), 6);
            frozen("idle", "idle, warm, frozen", warmFrozen, 1);
        }
        extra("plugins20", idle);
        extra("plain20", idle);
        Figures files = ours.get("files1k");
        Figures detached = ours.get("detached1k");
        if (files != null && detached != null) {
            ratio("detached1k, frozen / files1k", detached.frozen(), files.frozen(), 1.5);
            ratio("detached1k, dump / files1k", detached.dump(), files.dump(), 1.5);
            ratio("detached1k, restore / files1k", detached.restore(), files.restore(), 1.5);
        }
        frozen("files10k", 0.4);
        frozen("anon1g", 1);
        frozen("pipes500", 1);
        restore("pipes500", 1);
        frozen("tree100", 0.6);
        restore("tree100", 0.6);
        frozen("inotify100x100", 0.6);
        frozen("inotify1x10k", 0.6);
        frozen("ghost256m", 1);
        frozen("ghost1000", 0.6);
        Workloads.TWICE.forEach(this::linear);
        if (ours.containsKey("anon1g")) {
            System.out.printf("  %-34s %10s %10s %7.2f%n", "anon1g, frozen / copy in memory", Table.millis(ours.get("anon1g").frozen()),
                    Table.millis(yardsticks.copyMicros(GIB)),
                    (double) ours.get("anon1g").frozen() / yardsticks.copyMicros(GIB));
        }
        peaks();
    }

    private void frozen(String workload, double limit) {
        if (ours.containsKey(workload)) {
            frozen(workload, workload + ", frozen", ours.get(workload).frozen(), limit);
        }
    }

    private void frozen(String workload, String what, long value, double limit) {
        if (peers.containsKey(workload)) {
            ratio(what + " / peer", value, peers.get(workload).frozen(), limit);
        } else {
            ratio(what + " / recorded", value, RecordedPeer.of(workload).frozen(), limit);
        }
    }

    /** From start to end, as the peer's is; a JVM's start is in it. */
    private void restore(String workload, double limit) {
        if (ours.containsKey(workload)) {
            if (peers.containsKey(workload)) {
                ratio(workload + ", restore / peer", ours.get(workload).restore(), peers.get(workload).restore(), limit);
            } else {
                ratio(workload + ", restore / recorded", ours.get(workload).restore(), RecordedPeer.of(workload).restore(), limit);
            }
        }
    }

    /** More plugins than a run needs cost its start something, and the time for which a tree stands still nothing. */
    private void extra(String workload, Figures idle) {
        Figures figures = ours.get(workload);
        if (figures != null && idle != null) {
            more(workload + ", dump more than idle", figures.dump(), idle.dump(), MOST_FOR_PLUGINS);
            more(workload + ", restore more than idle", figures.restore(), idle.restore(), MOST_FOR_PLUGINS);
            more(workload + ", frozen more than idle", figures.frozen(), idle.frozen(), idle.frozen() / 20);
        }
    }

    private static void more(String what, long value, long yardstick, long limit) {
        System.out.printf("  %-34s %10s %10s %+7.1f %-9s %s%n", what, Table.millis(value), Table.millis(yardstick),
                (value - yardstick) / 1000.0, "<= " + limit / 1000, verdict(value - yardstick <= limit));
    }

    /** Twice as much takes at most twice as long, with a tenth for measuring. */
    private void linear(String once, String twice) {
        if (ours.containsKey(once) && ours.containsKey(twice)) {
            ratio(twice + " / " + once + ", frozen", ours.get(twice).frozen(), ours.get(once).frozen(), 2.2);
            ratio(twice + " / " + once + ", restore", ours.get(twice).restoreInside(), ours.get(once).restoreInside(), 2.2);
        }
    }

    private void peaks() {
        for (Map.Entry<String, Figures> entry : ours.entrySet()) {
            long peak = entry.getValue().peakMemory() >> 20;
            System.out.printf("  %-34s %10s %10s %7d %-9s %s%n", entry.getKey() + ", peak MiB", "", "", peak,
                    "<= " + MAX_PEAK_MIB, verdict(peak <= MAX_PEAK_MIB));
        }
    }

    private static void ratio(String what, long value, long yardstick, double limit) {
        double ratio = (double) value / yardstick;
        System.out.printf(ROW, what, Table.millis(value), Table.millis(yardstick), ratio, "<= " + limit, verdict(ratio <= limit));
    }

    private static String verdict(boolean reached) {
        return reached ? "reached" : "MISSED";
    }
}
