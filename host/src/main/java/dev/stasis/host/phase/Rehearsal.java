package dev.stasis.host.phase;

import dev.stasis.host.files.FilesDump;
import dev.stasis.host.files.OutsideSearch;
import dev.stasis.host.files.PluginOptions;
import dev.stasis.host.image.ImageWriter;
import dev.stasis.host.model.Chain;
import dev.stasis.host.model.ChainTask;
import dev.stasis.host.plugin.PluginRegistry;
import dev.stasis.host.state.TaskState;
import dev.stasis.host.task.freeze.FrozenTree;
import dev.stasis.host.task.freeze.TreeFreezer;
import dev.stasis.host.task.read.Guards;
import dev.stasis.linux.Fd;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.fs.MountCalls;
import dev.stasis.linux.proc.MemoryAreas;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.linux.ptrace.Injection;
import dev.stasis.linux.ptrace.Registers;
import dev.stasis.linux.ptrace.StoppedTask;
import dev.stasis.linux.seed.Seed;
import dev.stasis.spi.Log;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A dump of an empty process of our own, thrown away: it loads and links the code of a dump before the process that matters
 * stands still, which makes the frozen time of a cold start a fraction. Its first half needs no plugins, so it goes on while
 * those are still being loaded. A rehearsal that fails is of no consequence: whatever is wrong, the dump itself says it better.
 */
public final class Rehearsal {
    private static final long SIZE_LIMIT = 16 << 20;
    /** The JVM looks at its counts every 128th time. */
    private static final int OFTEN = 130;
    private static final int SOME = 30;
    private static final int UNTIL_WARM = 300;
    private static final int PR_SET_PDEATHSIG = 1;
    private static final int SIGKILL = 9;
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    private Rehearsal() {}

    /** Rehearses without plugins, and then with {@code plugins}, which may be loading meanwhile. */
    public static void run(Supplier<PluginRegistry> plugins, Log log) {
        rehearse(1, plugins, log);
    }

    /** Rehearses so often that the code which runs once for each task or thread is compiled; takes some tenths of a second. */
    static void repeat(PluginRegistry plugins, Log log) {
        rehearse(OFTEN, () -> plugins, log);
    }

    /**
     * Rehearses so often that a cold JVM does little for the first time any more, for trees that take a while before they are
     * frozen anyhow; takes a tenth of a second.
     */
    static void someTimes(PluginRegistry plugins, Log log) {
        rehearse(SOME, () -> plugins, log);
        // What the little process does not have, areas by the hundred, our own has: then the parser is compiled.
        MemoryAreas.parse(ProcFile.read(ProcessCalls.self(), "smaps"));
    }

    /** Rehearses until all of it is compiled, as far as the JVM goes with that soon; takes a second or two. */
    public static void untilWarm(Supplier<PluginRegistry> plugins, Log log) {
        rehearse(UNTIL_WARM, plugins, log);
    }

    private static void rehearse(int times, Supplier<PluginRegistry> plugins, Log log) {
        // The image goes where nothing can stay behind, whatever ends this process.
        try (Fd place = MountCalls.detachedTmpfs(SIZE_LIMIT); Seed seed = Seed.spawn()) {
            letGo(seed);
            for (int i = 0; i < times; i++) {
                dump(seed, Path.of("/proc/self/fd/" + place.number() + "/image" + i), plugins, log);
            }
        } catch (RuntimeException e) {
            log.debug("rehearsal: " + e);
        }
    }

    /** It must be untraced to be frozen like any other; so it is told to die with us first. */
    private static void letGo(Seed seed) {
        Registers home = seed.task().registers();
        Injection injection = Injection.begin(seed.task(), seed.callSite());
        injection.call("prctl PR_SET_PDEATHSIG", SyscallNumber.PRCTL, PR_SET_PDEATHSIG, SIGKILL);
        StoppedTask task = injection.end(home, 0);
        task.detach();
    }

    private static void dump(Seed seed, Path directory, Supplier<PluginRegistry> plugins, Log log) {
        try (ImageWriter image = ImageWriter.create(directory);
                FrozenTree tree = TreeFreezer.freeze(seed.pid(), TIMEOUT, log);
                Chain chain = Chain.read(List.of(new ChainTask(seed.pid(), tree.root().areas())))) {
            Guards.check(tree);
            List<TaskState> tasks = new MemoryDump(image, Progress.NONE).readAndWrite(tree, chain);
            dumpFiles(chain, tree, image, plugins.get(), log);
            image.writeTasks(tasks);
            tree.release();
        }
    }

    private static void dumpFiles(Chain chain, FrozenTree tree, ImageWriter image, PluginRegistry plugins, Log log) {
        FilesDump files = FilesDump.claim(chain, OutsideSearch.ahead(List.of()), plugins, new PluginOptions(Map.of()), log);
        if (files.problems().isEmpty()) {
            image.writeFiles(files.dump(image, new FrozenCalls(tree)), PluginsOfImage.imageTypes(plugins));
        } else {
            image.writeFiles(List.of(), Map.of());
        }
    }
}
