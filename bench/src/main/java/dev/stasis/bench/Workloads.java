package dev.stasis.bench;

import java.util.List;
import java.util.Map;

/** The workloads there are. */
final class Workloads {
    static final Workload IDLE = new PerlWorkload("idle", "");

    /** Of these, the second has twice as much of the same as the first: what a dump of it takes should at most double. */
    static final Map<String, String> TWICE = Map.of("pipes2500", "pipes5000", "threads500", "threads1000", "vmas5000",
            "vmas10000", "epoll5k", "epoll10k");

    private Workloads() {}

    static List<Workload> all() {
        return List.of(IDLE, new PluginsWorkload("plugins20", 20, false), new PluginsWorkload("plain20", 20, true),
                new FilesWorkload("files1k", 1_000), new FilesWorkload("files10k", 10_000),
                new DetachedWorkload("detached1k", 1_000),
                new PipesWorkload("pipes500", 500, 1 << 16), new PipesWorkload("pipes5000", 5_000, 0),
                new PipesWorkload("pipes2500", 2_500, 0),
                new InotifyWorkload("inotify100x100", 100, 100, 5), new InotifyWorkload("inotify1x10k", 1, 10_000, 5),
                new InotifyWorkload("queue5", 1, 1, 5), new InotifyWorkload("queue16k", 1, 1, 1 << 14),
                new GhostsWorkload("ghost256m", 1, 256 << 20), new GhostsWorkload("ghost1000", 1_000, 4_096),
                new GhostsWorkload("ghost1", 1, 4_096), new PerlWorkload("ghostsparse8g", "open(my $held, '+>', 'sparse') or die $!;"
                        + " sysseek($held, 1 << 32, 0); syswrite($held, 'x' x 4096); truncate($held, 8 << 30); unlink('sparse');"),
                new PerlWorkload("anon1g", "$size = 1 << 30; my $held = \"\\x5a\" x $size;"),
                new PerlWorkload("tree100", "for $i (1..50) { open($f, \"+>\", \"file$i\") or die; syswrite($f, \"x\" x $i);"
                        + " push @held, $f; undef $f }"
                        + " for (2..100) { $child = fork() // die; while ($child == 0) { sleep 1000 } }"),
                PythonWorkload.threads("threads500", 500), PythonWorkload.threads("threads1000", 1_000),
                PythonWorkload.mappings("vmas5000", 5_000), PythonWorkload.mappings("vmas10000", 10_000),
                PythonWorkload.items("epoll5k", 5_000), PythonWorkload.items("epoll10k", 10_000));
    }
}
