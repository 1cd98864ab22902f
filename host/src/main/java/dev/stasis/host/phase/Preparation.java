package dev.stasis.host.phase;

import dev.stasis.host.files.FilesDump;
import dev.stasis.host.files.FuseServers;
import dev.stasis.host.files.OutsideSearch;
import dev.stasis.host.files.PluginOptions;
import dev.stasis.host.image.ImageWriter;
import dev.stasis.host.model.Chain;
import dev.stasis.host.model.ChainTask;
import dev.stasis.host.model.FirstLook;
import dev.stasis.host.plugin.PluginRegistry;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.UnixPath;
import dev.stasis.spi.FdKind;
import dev.stasis.spi.Log;
import dev.stasis.spi.PathRemap;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;

/**
 * What is done for a tree with many files, tasks or threads, or with files that ask for it, while it still runs, so that it stands still for a shorter time:
 * its files are looked at, and the code that it will stand still for is run until it is compiled. What is seen counts for
 * nothing; what stands in the way of the dump is told when the tree stands still.
 */
final class Preparation {
    /** The launcher gives the tool less than this. */
    private static final long OWN_HEAP = 256L << 20;

    private static final int MANY = 100;

    private final PluginRegistry plugins;
    private final DumpRequest request;
    private final Log log;
    private List<Problem> refused = List.of();

    Preparation(PluginRegistry plugins, DumpRequest request, Log log) {
        this.plugins = plugins;
        this.request = request;
        this.log = log;
    }

    /** Gets ready for {@code tree}, to be dumped into {@code image}; the caller closes the look at its files. */
    FirstLook of(RunningTree tree, ImageWriter image) {
        if (tree.isLarge()) {
            Rehearsal.repeat(plugins, log);
        }
        FirstLook look = FirstLook.at(tree.processes(), new BiPredicate<UnixPath, RemoteFd>() {
            @Override
            public boolean test(UnixPath link, RemoteFd descriptor) {
                return deservesFirstLook(link, descriptor);
            }
        });
        if (!look.isEmpty()) {
            FilesRehearsal.run(plugins, log);
            if (!tree.isLarge()) {
                Rehearsal.someTimes(plugins, log);
            }
            lookAtFiles(look, image);
            refuse(look);
        }
        if (tree.isLarge() || !look.isEmpty()) {
            tidyUp();
        }
        return look;
    }

    /** A tree that must not be frozen: whoever touches what it serves, before it can be told that nobody keeps it, would wait for it. */
    private void refuse(FirstLook look) {
        if (!refused.isEmpty()) {
            look.close();
            throw new StasisException(refused);
        }
    }

    private boolean deservesFirstLook(UnixPath link, RemoteFd descriptor) {
        if (FuseServers.isLikely(link)) {
            return true;
        }
        List<FdKind> kinds = plugins.kinds();
        for (int i = 0; i < kinds.size(); i++) {
            if (kinds.get(i).deservesFirstLook(link, descriptor)) {
                return true;
            }
        }
        List<PathRemap> remaps = plugins.pathRemaps();
        for (int i = 0; i < remaps.size(); i++) {
            if (remaps.get(i).deservesFirstLook(link, descriptor)) {
                return true;
            }
        }
        return false;
    }

    private void lookAtFiles(FirstLook look, ImageWriter image) {
        long begun = System.currentTimeMillis();
        List<ChainTask> tasks = new ArrayList<>();
        for (Pid task : look.tasks()) {
            tasks.add(new ChainTask(task, List.of()));
        }
        try (Chain chain = Chain.read(tasks, look)) {
            FilesDump files = FilesDump.claim(chain, OutsideSearch.ahead(List.of()), plugins, new PluginOptions(request.pluginOptions()), log);
            if (files.isBlocked()) {
                refused = files.problems();
                return;
            }
            if (files.remapped() > 0) {
                FilesRehearsal.runWithoutNames(plugins, log, request.directory(), files.remapped() >= MANY);
            }
            lookAhead(files, image, begun);
        } catch (RuntimeException e) {
            log.debug("looking around: " + e);
            image.ahead().drop();
        }
    }

    /** Where it is known already that there will be no dump, or no room for it, nothing is written either. */
    private void lookAhead(FilesDump files, ImageWriter image, long begun) {
        try (ImageRoom room = ImageRoom.of(request.directory())) {
            if (files.problems().isEmpty() && room.check(files.contents(room.nearest())).isEmpty()) {
                files.lookAhead(image.ahead(), begun);
                image.ahead().sumUp();
            }
        }
    }

    /** What was made on the way would be collected while the tree stands still. Not in somebody else's large heap. */
    private static void tidyUp() {
        if (Runtime.getRuntime().maxMemory() <= OWN_HEAP) {
            System.gc();
        }
    }
}
