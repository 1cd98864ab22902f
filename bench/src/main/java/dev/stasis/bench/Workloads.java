package dev.stasis.bench;

import java.util.List;

/** The workloads there are. */
final class Workloads {
    static final Workload IDLE = new PerlWorkload("idle", "");

    private Workloads() {}

    static List<Workload> all() {
        return List.of(IDLE, new FilesWorkload("files1k", 1_000), new FilesWorkload("files10k", 10_000),
                new DetachedWorkload("detached1k", 1_000),
                new PipesWorkload("pipes500", 500, 1 << 16), new PipesWorkload("pipes5000", 5_000, 0),
                new InotifyWorkload("inotify100x100", 100, 100, 5), new InotifyWorkload("inotify1x10k", 1, 10_000, 5),
                new InotifyWorkload("queue16k", 1, 1, 1 << 14),
                new GhostsWorkload("ghost256m", 1, 256 << 20), new GhostsWorkload("ghost1000", 1_000, 4_096),
                new PerlWorkload("anon1g", "$size = 1 << 30; my $held = \"\\x5a\" x $size;"));
    }
}
