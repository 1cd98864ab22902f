package dev.stasis.bench;

import java.util.Map;

/**
 * What the peer (CRIU 4.2) took on a quiet machine with two processors, medians of five, in microseconds: something to go by
 * where no peer works. Ratios to it mean little on another machine or a busy one.
 *
 * @param dump from start to end of the tool
 * @param frozen of that, how long the target stood still
 * @param restore from start to end of the tool
 */
record RecordedPeer(long dump, long frozen, long restore) {
    private static final Map<String, RecordedPeer> ALL = Map.ofEntries(
            Map.entry("idle", new RecordedPeer(8_000, 2_700, 6_600)),
            Map.entry("files1k", new RecordedPeer(32_000, 26_000, 9_000)),
            Map.entry("files10k", new RecordedPeer(241_000, 235_000, 44_000)),
            Map.entry("pipes500", new RecordedPeer(31_000, 26_000, 41_000)),
            Map.entry("inotify100x100", new RecordedPeer(224_000, 218_000, 45_000)),
            Map.entry("inotify1x10k", new RecordedPeer(122_000, 114_000, 43_000)),
            Map.entry("ghost256m", new RecordedPeer(154_000, 149_000, 95_000)),
            Map.entry("ghost1000", new RecordedPeer(291_000, 285_000, 73_000)),
            Map.entry("tree100", new RecordedPeer(395_000, 386_000, 183_000)),
            Map.entry("anon1g", new RecordedPeer(450_000, 444_000, 406_000)));

    /** The figures for workload {@code name}; null when there are none. */
    static RecordedPeer of(String name) {
        return ALL.get(name);
    }
}
