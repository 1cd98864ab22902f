package dev.stasis.host.phase;

import dev.stasis.host.files.OutsideSearch;
import dev.stasis.host.task.freeze.FrozenTask;
import dev.stasis.host.task.freeze.FrozenTree;
import dev.stasis.host.task.read.SharedMemorySearch;
import dev.stasis.linux.Pid;
import dev.stasis.spi.Problem;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Who outside of a tree shares with it what a restore would give to each side apart.
 *
 * @param files open files
 * @param memory mapped memory
 */
record Outsiders(OutsideSearch files, SharedMemorySearch memory) {

    /** Looks around {@code processes}, which still run. */
    static Outsiders ahead(List<Pid> processes) {
        OutsideSearch files = OutsideSearch.ahead(processes); // first: it notes which processes there are
        return new Outsiders(files, SharedMemorySearch.ahead(processes));
    }

    /** Adds who has memory of {@code tree}, which stands still, to {@code problems}. */
    void checkMemory(FrozenTree tree, List<Problem> problems) {
        if (!SharedMemorySearch.matters(tree)) {
            return;
        }
        Set<Pid> members = new HashSet<>();
        for (FrozenTask task : tree.tasks()) {
            members.add(task.pid());
        }
        memory.check(tree, members, files.newcomers(members), problems);
    }
}
