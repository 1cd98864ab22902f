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
    private static final long MEASURABLE = 1_000; // less is noise
    private static final String ROW = "  %-34s %10s %10s %7.2f %-9s %s%n";

    private final Map<String, Figures> ours;
    private final Map<String, Figures> resident;
    private final Map<String, Figures> peers;
    private final Yardsticks yardsticks;
    private final long warmIdle;

    /**
     * @param ours of Stasis on the command line
     * @param resident of one that is warm
     * @param warmIdle how long an idle process stands still for a warm one, in microseconds
     */
    Targets(Map<String, Figures> ours, Map<String, Figures> resident, Map<String, Figures> peers, Yardsticks yardsticks,
            long warmIdle) {
        this.ours = ours;
        this.resident = resident;
        this.peers = peers;
        this.yardsticks = yardsticks;
        this.warmIdle = warmIdle;
    }

    void print() {
        System.out.printf("%-36s %10s %10s %7s %-9s%n", "targets", "ours ms", "of ms", "ratio", "target");
        Figures idle = ours.get("idle");
        if (idle != null) {
            ratio("idle, frozen / empty JVM", idle.frozen(), yardsticks.emptyJvmMicros(), 0.5);
            ratio("idle, dump / empty JVM", idle.dump(), yardsticks.emptyJvmMicros(), 6);
            ratio("idle, restore / empty JVM", idle.restore(), yardsticks.emptyJvmMicros(), 6);
            ratio("idle, warm, frozen", warmIdle, peerOf("idle"), peerOf("idle").frozen(), 1);
        }
        extra("plugins20", idle);
        extra("plain20", idle);
        detached(ours.get("files1k"), ours.get("detached1k"));
        Goal.ALL.forEach(goal -> compare(goal, ours, ""));
        Goal.ALL.forEach(goal -> compare(goal, resident, ", warm"));
        Workloads.TWICE.forEach(this::linear);
        if (ours.containsKey("anon1g")) {
            long copy = yardsticks.copyMicros(GIB);
            System.out.printf("  %-34s %10s %10s %7.2f%n", "anon1g, frozen / copy in memory", Table.millis(ours.get("anon1g").frozen()),
                    Table.millis(copy), (double) ours.get("anon1g").frozen() / copy);
        }
        peaks();
    }

    private void compare(Goal goal, Map<String, Figures> tool, String how) {
        Figures figures = tool.get(goal.workload());
        if (figures == null || !figures.isKnown()) {
            return;
        }
        Peer peer = peerOf(goal.workload());
        if (goal.frozen() > 0) {
            ratio(goal.workload() + how + ", frozen", figures.frozen(), peer, peer.frozen(), goal.frozen());
        }
        if (goal.restore() > 0) {
            ratio(goal.workload() + how + ", restore", figures.restore(), peer, peer.restore(), goal.restore());
        }
    }

    /** What the peer took in this run, else what was recorded of it. */
    private Peer peerOf(String workload) {
        Figures live = peers.get(workload);
        if (live != null && live.isKnown()) {
            return new Peer("peer", live.frozen(), live.restore());
        }
        RecordedPeer recorded = RecordedPeer.of(workload);
        return new Peer("recorded", recorded.frozen(), recorded.restore());
    }

    private void detached(Figures files, Figures detached) {
        if (files != null && detached != null) {
            ratio("detached1k, frozen / files1k", detached.frozen(), files.frozen(), 1.5);
            ratio("detached1k, dump / files1k", detached.dump(), files.dump(), 1.5);
            ratio("detached1k, restore / files1k", detached.restore(), files.restore(), 1.5);
        }
    }

    /** More plugins than a run needs cost its start something, and the time for which a tree stands still nothing. */
    private void extra(String workload, Figures idle) {
        Figures figures = ours.get(workload);
        if (figures != null && idle != null) {
            more(workload + ", dump more than idle", figures.dump(), idle.dump(), MOST_FOR_PLUGINS);
            more(workload + ", restore more than idle", figures.restore(), idle.restore(), MOST_FOR_PLUGINS);
            more(workload + ", frozen more than idle", figures.frozen(), idle.frozen(), MEASURABLE);
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

    private static void ratio(String what, long value, Peer peer, long yardstick, double limit) {
        ratio(what + " / " + peer.name(), value, yardstick, limit);
    }

    private static void ratio(String what, long value, long yardstick, double limit) {
        double ratio = (double) value / yardstick;
        System.out.printf(ROW, what, Table.millis(value), Table.millis(yardstick), ratio, "<= " + limit, verdict(ratio <= limit));
    }

    private static String verdict(boolean reached) {
        return reached ? "reached" : "MISSED";
    }

    /** The peer's figures for a workload, in microseconds, and where they come from. */
    private record Peer(String name, long frozen, long restore) {}
}
