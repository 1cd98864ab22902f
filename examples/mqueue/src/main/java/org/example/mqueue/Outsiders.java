package org.example.mqueue;

import dev.stasis.linux.Pid;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.proc.DescriptorSearch;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.Holder;
import dev.stasis.spi.OpenFile;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Who outside the tree has a queue open. */
final class Outsiders {

    /** Such as {@code process 17}; empty when nobody does. */
    String of(OpenFile file, ClaimContext context) {
        Set<Pid> tree = new HashSet<>();
        tree.add(ProcessCalls.self());
        for (OpenFile one : context.files()) {
            for (Holder holder : one.holders()) {
                tree.add(holder.task());
            }
        }
        List<DescriptorSearch.Found> found = DescriptorSearch.find(names(file), tree);
        return found.isEmpty() ? "" : "process " + found.get(0).task();
    }

    /** A queue shows by its own name, and below the place where the file system of queues is mounted. */
    private static Set<UnixPath> names(OpenFile file) {
        UnixPath name = file.link().fileName();
        return new HashSet<>(List.of(file.link(), UnixPath.of("/").resolve(name), UnixPath.of("/dev/mqueue").resolve(name)));
    }
}
