package dev.stasis.bench;

import java.util.Map;

/** Compares figures with what they are meant to be, always as ratios of one run. */
final class Targets {
    private static final long GIB = 1L << 30;
    private static final long MAX_PEAK_MIB = 150;

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
        System.out.println("targets:");
        Figures idle = ours.get("idle");
        if (idle != null) {
            ratio("idle, frozen / empty JVM", idle.frozen(), yardsticks.emptyJvmMicros(), 0.5);
            ratio("idle, dump / empty JVM", idle.dump(), yardsticks.emptyJvmMicros(), 6);
            ratio("idle, restore / empty JVM", idle.restore(), yardsticks.emptyJvmMicros(), 6);
        }
        Figures files = ours.get("files1k");
        Figures detached = ours.get("detached1k");
        if (files != null && detached != null) {
            ratio("detached1k, frozen / files1k", detached.frozen(), files.frozen(), 1.5);
            ratio("detached1k, dump / files1k", detached.dump(), files.dump(), 1.5);
            ratio("detached1k, restore / files1k", detached.restore(), files.restore(), 1.5);
        }
        peer("idle", warmFrozen, 1.0, "idle, warm, frozen / peer");
        peer("files10k", frozen("files10k"), 0.4, "files10k, frozen / peer");
        peer("anon1g", frozen("anon1g"), 1.0, "anon1g, frozen / peer");
        peer("pipes500", frozen("pipes500"), 1.0, "pipes500, frozen / peer");
        if (ours.containsKey("pipes500") && peers.containsKey("pipes500")) {
            ratio("pipes500, restore / peer", ours.get("pipes500").restore(), peers.get("pipes500").restore(), 1.0);
        }
        if (ours.containsKey("anon1g")) {
            System.out.printf("  %-34s %6.2f%n", "anon1g, frozen / copy in memory",
                    (double) frozen("anon1g") / yardsticks.copyMicros(GIB));
        }
        peaks();
    }

    private long frozen(String workload) {
        return ours.containsKey(workload) ? ours.get(workload).frozen() : 0;
    }

    private void peer(String workload, long value, double limit, String what) {
        if (value > 0 && peers.containsKey(workload)) {
            ratio(what, value, peers.get(workload).frozen(), limit);
        }
    }

    private void peaks() {
        for (Map.Entry<String, Figures> entry : ours.entrySet()) {
            long peak = entry.getValue().peakMemory() >> 20;
            System.out.printf("  %-34s %6d (<= %d) %s%n", entry.getKey() + ", peak MiB", peak, MAX_PEAK_MIB,
                    verdict(peak <= MAX_PEAK_MIB));
        }
    }

    private static void ratio(String what, long value, long yardstick, double limit) {
        double ratio = (double) value / yardstick;
        System.out.printf("  %-34s %6.2f (<= %.1f) %s%n", what, ratio, limit, verdict(ratio <= limit));
    }

    private static String verdict(boolean reached) {
        return reached ? "reached" : "MISSED";
    }
}
