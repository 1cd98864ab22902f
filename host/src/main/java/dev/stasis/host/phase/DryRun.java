package dev.stasis.host.phase;

import dev.stasis.host.files.FilesDump;
import dev.stasis.host.files.ImageContents;
import dev.stasis.host.files.PluginOptions;
import dev.stasis.host.model.Chain;
import dev.stasis.host.model.FirstLook;
import dev.stasis.host.plugin.PluginRegistry;
import dev.stasis.host.task.freeze.FrozenTask;
import dev.stasis.host.task.freeze.FrozenTree;
import dev.stasis.host.task.freeze.Preflight;
import dev.stasis.host.task.freeze.TreeFreezer;
import dev.stasis.spi.Log;
import dev.stasis.spi.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A dump that stops short of dumping: the tree stands still for as long as it takes to look at all of it, and runs on. Nothing
 * is written, and nothing of the tree is read that reading would change. All of it happens on the thread that calls.
 */
public final class DryRun {
    private final PluginRegistry plugins;
    private final DumpRequest request;
    private final Log log;

    /** Will look at what {@code request} asks to be dumped with {@code plugins}. */
    public DryRun(PluginRegistry plugins, DumpRequest request, Log log) {
        this.plugins = plugins;
        this.request = request;
        this.log = log;
    }

    /** Looks. Throws {@link dev.stasis.spi.StasisException} when even that cannot be done. */
    public DumpPreview run() {
        Preflight.check(request.root());
        Outsiders outside = Outsiders.ahead(RunningTree.below(request.root()).processes());
        try (ImageRoom room = ImageRoom.of(request.directory());
                FrozenTree tree = TreeFreezer.freeze(request.root(), request.timeout(), log)) {
            DumpPreview preview = look(tree, room, outside);
            tree.release();
            return preview;
        }
    }

    private DumpPreview look(FrozenTree tree, ImageRoom room, Outsiders outside) {
        try (Chain chain = Chain.read(Dump.chainTasks(tree), FirstLook.none())) {
            FilesDump files = FilesDump.claim(chain, outside.files(), plugins, new PluginOptions(request.pluginOptions()), log);
            List<Problem> problems = new ArrayList<>(Dump.problems(tree, files, outside));
            ImageContents contents = files.contents(room.nearest());
            Optional<Problem> crowded = room.check(contents);
            if (crowded.isPresent()) {
                problems.add(crowded.get());
            }
            return new DumpPreview(tree.tasks().size(), threads(tree), chain.files().size(), files.kinds(), contents,
                    room.freeBytes(), (System.nanoTime() - tree.frozenSince()) / 1000, List.copyOf(problems));
        }
    }

    private static int threads(FrozenTree tree) {
        int threads = 0;
        for (FrozenTask task : tree.tasks()) {
            threads += task.threads().size();
        }
        return threads;
    }
}
