package dev.stasis.host.phase;

import dev.stasis.host.files.FilesDump;
import dev.stasis.host.files.ImageContents;
import dev.stasis.host.files.PluginOptions;
import dev.stasis.host.image.ImageWriter;
import dev.stasis.host.image.PluginUse;
import dev.stasis.host.image.StatsFile;
import dev.stasis.host.model.Chain;
import dev.stasis.host.model.ChainTask;
import dev.stasis.host.model.FirstLook;
import dev.stasis.host.plugin.PluginRegistry;
import dev.stasis.host.state.TaskState;
import dev.stasis.host.task.freeze.FrozenTask;
import dev.stasis.host.task.freeze.FrozenTree;
import dev.stasis.host.task.freeze.Preflight;
import dev.stasis.host.task.freeze.TreeFreezer;
import dev.stasis.host.task.read.DeathSignalGuard;
import dev.stasis.host.task.read.Guards;
import dev.stasis.host.task.rebirth.RestorePlan;
import dev.stasis.linux.Errno;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.proc.MemoryArea;
import dev.stasis.linux.ptrace.TaskGoneException;
import dev.stasis.spi.DumpStage;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.Log;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One dump, stage by stage. Nothing is harmed before the image is sealed: whatever fails, the tree runs on and what was
 * written is removed. All of it happens on the thread that calls.
 */
public final class Dump {
    private final PluginRegistry plugins;
    private final DumpRequest request;
    private final Progress progress;
    private final Log log;


    /** Will dump as {@code request} says, with {@code plugins}. */
    public Dump(PluginRegistry plugins, DumpRequest request, Progress progress, Log log) {
        this.plugins = plugins;
        this.request = request;
        this.progress = progress;
        this.log = log;
    }

    /** Dumps; throws {@link StasisException} with all that stands in the way when it cannot be done. */
    public DumpReport run() {
        Preflight.check(request.root());
        RunningTree running = RunningTree.below(request.root());
        try (QuickLockList locks = new QuickLockList();
                ImageWriter image = ImageWriter.create(request.directory());
                FirstLook look = new Preparation(plugins, request, log).of(running, image)) {
            image.expect(running.processes(), running.threads());
            Outsiders outside = Outsiders.ahead(running.processes());
            DumpReport report;
            try (FrozenTree tree = TreeFreezer.freeze(request.root(), request.timeout(), log)) {
                report = dump(tree, image, look, outside);
            } catch (TaskGoneException | KernelException e) {
                Discard.run(plugins, image, log);
                throw explained(e);
            } catch (RuntimeException | Error e) {
                Discard.run(plugins, image, log);
                throw e;
            }
            writeStats(report);
            return report;
        }
    }

    /** What the kernel refused or who died in the middle, told as a problem like any other. */
    private StasisException explained(RuntimeException failure) {
        if (failure instanceof TaskGoneException gone) {
            return new StasisException(new Problem(PhaseError.TASK_GONE, "task " + gone.tid(),
                    "it ended while it was being dumped (" + gone.status() + ")", "dump the tree again"), failure);
        }
        if (failure instanceof KernelException refused && refused.is(Errno.ESRCH)) {
            return new StasisException(new Problem(PhaseError.TASK_GONE, "process " + request.root(), "somebody killed a process of"
                    + " its tree while that was being dumped, or the one that was to end all of them at once: the kernel knows it no"
                    + " more, " + failure.getMessage(), "dump the tree again, if it is what you want to keep"), failure);
        }
        return new StasisException(new Problem(PhaseError.KERNEL_REFUSED, "process " + request.root(),
                "the kernel refused " + failure.getMessage(), "the log of -v4 -o FILE tells the step"), failure);
    }

    private void writeStats(DumpReport report) {
        StatsFile.write(request.directory(), new StatsFile.DumpStats(report.freezingMicros(), report.frozenMicros(),
                report.memoryDumpMicros(), report.memoryWriteMicros(), report.pagesScanned(), report.pagesWritten()));
    }

    private DumpReport dump(FrozenTree tree, ImageWriter image, FirstLook look, Outsiders outside) {
        StageTimes times = new StageTimes(log, tree.frozenSince());
        times.ended("FREEZE");
        try (Chain chain = Chain.read(chainTasks(tree), look)) {
            FilesDump files = FilesDump.claim(chain, outside.files(), plugins, new PluginOptions(request.pluginOptions()), log);
            ImageContents contents = refuse(tree, files, outside);
            for (String warning : Guards.warnings(tree)) {
                log.warn(warning);
            }
            times.ended("COLLECT");
            try (Loan loan = new Loan(files, image, new FrozenCalls(tree), log)) {
                return dump(tree, image, chain, files, contents, loan, times);
            }
        }
    }

    private DumpReport dump(
            FrozenTree tree, ImageWriter image, Chain chain, FilesDump files, ImageContents contents, Loan loan,
            StageTimes times) {
        loan.take();
        List<FileRecord> records = files.dump(image, new FrozenCalls(tree));
        files.hooks(DumpStage.MEMORY, image, new FrozenCalls(tree));
        image.sumUpPluginFiles();
        times.ended("FILES");
        MemoryDump memory = new MemoryDump(image, progress);
        List<TaskState> tasks = memory.readAndWrite(tree, chain);
        refuse(tasks);
        times.ended("MEMORY");
        files.hooks(DumpStage.SEAL, image, new FrozenCalls(tree));
        long letGo = seal(tree, image, loan, records, tasks, files.hookFiles());
        times.ended("SEAL");
        SessionKeyrings.warnOfDump(tasks, log);
        return report(tree, letGo, tasks, chain, contents, memory);
    }

    /**
     * Makes the image whole. A tree that is to run on is let go first, for all that changes with time has been read and
     * written, and an image that fails harms nobody; one that is to be killed is killed only when the image is whole.
     * Returns when the tree ceased to be frozen.
     */
    private long seal(FrozenTree tree, ImageWriter image, Loan loan, List<FileRecord> records, List<TaskState> tasks,
            Map<String, String> hookFiles) {
        if (request.afterwards() != DumpRequest.Afterwards.KILL) {
            loan.giveBack();
            letGo(tree);
            long letGo = System.nanoTime();
            write(image, records, tasks, hookFiles);
            return letGo;
        }
        write(image, records, tasks, hookFiles);
        long killed = System.nanoTime();
        loan.keep();
        tree.kill();
        return killed;
    }

    private void letGo(FrozenTree tree) {
        if (request.afterwards() == DumpRequest.Afterwards.LEAVE_RUNNING) {
            tree.release();
        } else {
            tree.leaveStopped();
        }
    }

    private void write(
            ImageWriter image, List<FileRecord> records, List<TaskState> tasks, Map<String, String> hookFiles) {
        image.writeFiles(records, PluginsOfImage.imageTypes(plugins));
        image.writeTasks(tasks);
        image.seal(PluginsOfImage.used(plugins, records, hookFiles));
    }

    static List<ChainTask> chainTasks(FrozenTree tree) {
        List<ChainTask> tasks = new ArrayList<>(tree.tasks().size());
        for (FrozenTask task : tree.tasks()) {
            tasks.add(new ChainTask(task.pid(), task.isEnded() ? List.<MemoryArea>of() : task.areas()));
        }
        return tasks;
    }

    /** Everything that cannot be kept, of tasks and of files, is told at once, and so is that there is no room for it. */
    private ImageContents refuse(FrozenTree tree, FilesDump files, Outsiders outside) {
        List<Problem> problems = new ArrayList<>(problems(tree, files, outside));
        try (ImageRoom room = ImageRoom.of(request.directory())) {
            ImageContents contents = files.contents(room.nearest());
            Optional<Problem> crowded = room.check(contents);
            if (crowded.isPresent()) {
                problems.add(crowded.get());
            }
            if (!problems.isEmpty()) {
                throw new StasisException(problems);
            }
            return contents;
        }
    }

    static List<Problem> problems(FrozenTree tree, FilesDump files, Outsiders outside) {
        List<Problem> problems = new ArrayList<>(Guards.check(tree));
        outside.checkMemory(tree, problems);
        problems.addAll(files.problems());
        return problems;
    }

    /** A tree that nobody could grow again: a single process always can be. */
    private static void refuse(List<TaskState> tasks) {
        if (tasks.size() == 1) {
            return;
        }
        List<Problem> problems = new ArrayList<>(RestorePlan.problems(tasks));
        problems.addAll(DeathSignalGuard.check(tasks));
        if (!problems.isEmpty()) {
            throw new StasisException(problems);
        }
    }

    private static DumpReport report(
            FrozenTree tree, long letGo, List<TaskState> tasks, Chain chain, ImageContents contents, MemoryDump memory) {
        int threads = 0;
        for (TaskState task : tasks) {
            threads += task.threads().size();
        }
        return new DumpReport(tree.freezingNanos() / 1000, (letGo - tree.frozenSince() - tree.freezingNanos()) / 1000, memory.nanos() / 1000,
                memory.nanos() / 1000, memory.pagesScanned(), memory.pagesWritten(), tasks.size(), threads,
                chain.files().size(), contents);
    }
}
