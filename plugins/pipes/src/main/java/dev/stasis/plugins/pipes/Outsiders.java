package dev.stasis.plugins.pipes;

import dev.stasis.linux.Pid;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileType;
import dev.stasis.linux.proc.DescriptorSearch;
import dev.stasis.linux.proc.DescriptorSearch.Found;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.Holder;
import dev.stasis.spi.OpenFile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Who outside a tree holds the tree's pipes. One look through /proc for all of them, at the first question. */
final class Outsiders {
    private ClaimContext looked;
    private final Map<UnixPath, List<Found>> byPipe = new HashMap<>();

    /** The descriptors outside the tree that refer to the pipe behind {@code file}. */
    List<Found> of(OpenFile file, ClaimContext context) {
        if (looked != context) {
            long begin = System.nanoTime();
            look(context.files());
            looked = context;
            if (context.log().isDebug()) {
                context.log().debug("looked for who else holds pipes: " + (System.nanoTime() - begin) / 1000 + " us");
            }
        }
        return byPipe.getOrDefault(file.link(), List.of());
    }

    private void look(List<OpenFile> files) {
        byPipe.clear();
        Set<UnixPath> pipes = new HashSet<>();
        Set<Pid> tree = new HashSet<>();
        tree.add(ProcessCalls.self());
        for (int i = 0; i < files.size(); i++) {
            OpenFile file = files.get(i);
            if (PipeKind.isPipe(file.status().type(), file.link())) {
                pipes.add(file.link());
            }
            for (Holder holder : file.holders()) {
                tree.add(holder.task());
            }
        }
        for (Found found : DescriptorSearch.find(pipes, tree)) {
            List<Found> known = byPipe.get(found.link());
            if (known == null) {
                known = new ArrayList<>(2);
                byPipe.put(found.link(), known);
            }
            known.add(found);
        }
    }
}
