package dev.stasis.bench;

import java.util.List;

/**
 * What a workload is meant to take at most, as a part of what the peer takes; 0 where nothing is asked.
 *
 * @param workload which
 * @param frozen of the time that the tree stands still
 * @param restore of a restore from start to end
 */
record Goal(String workload, double frozen, double restore) {
    static final List<Goal> ALL = List.of(new Goal("files10k", 0.4, 0), new Goal("anon1g", 1, 0), new Goal("pipes500", 1, 1),
            new Goal("tree100", 0.6, 0.6), new Goal("inotify100x100", 0.5, 1), new Goal("inotify1x10k", 0.5, 1),
            new Goal("ghost256m", 1, 0), new Goal("ghost1000", 0.6, 1), new Goal("epoll10k", 0.3, 0));
}
