package dev.stasis.host.phase;

import dev.stasis.host.files.FilesRestore;
import dev.stasis.host.files.PluginOptions;
import dev.stasis.host.image.ImageReader;
import dev.stasis.host.image.StatsFile;
import dev.stasis.host.plugin.PluginRegistry;
import dev.stasis.host.state.PageRun;
import dev.stasis.host.state.SharedMemory;
import dev.stasis.host.state.TaskState;
import dev.stasis.host.task.read.ControlGroups;
import dev.stasis.host.task.rebirth.Prospects;
import dev.stasis.host.task.rebirth.Rebirth;
import dev.stasis.host.task.rebirth.SegmentPlan;
import dev.stasis.linux.Fd;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.Log;
import dev.stasis.spi.OpenFileId;
import dev.stasis.spi.Problem;
import dev.stasis.spi.RestoreStage;
import dev.stasis.spi.StasisException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * One restore, stage by stage. All that can be found by looking is found before the first process exists; whatever fails
 * later, no process and no file is left. All of it happens on the thread that calls.
 */
public final class Restore {
    private final Supplier<PluginRegistry> loading;
    private final RestoreRequest request;
    private final Progress progress;
    private final Log log;
    private boolean rootFollowsParent;

    /** Will restore as {@code request} says, with {@code plugins}. */
    public Restore(PluginRegistry plugins, RestoreRequest request, Progress progress, Log log) {
        this(new Supplier<PluginRegistry>() {
            @Override
            public PluginRegistry get() {
                return plugins;
            }
        }, request, progress, log);
    }

    /** The same, with plugins that may still be {@code loading}: the image is read meanwhile. */
    public Restore(Supplier<PluginRegistry> loading, RestoreRequest request, Progress progress, Log log) {
        this.loading = loading;
        this.request = request;
        this.progress = progress;
        this.log = log;
    }

    /** Restores; throws {@link StasisException} with all that stands in the way when it cannot be done. */
    public RestoreReport run() {
        long begin = System.nanoTime();
        try (ImageReader image = ImageReader.open(request.directory())) {
            long read = System.nanoTime();
            PluginRegistry plugins = loading.get();
            // Waiting for plugins is no part of the work that is reported.
            return run(image, plugins, begin + System.nanoTime() - read);
        }
    }

    private RestoreReport run(ImageReader image, PluginRegistry plugins, long begin) {
        try (FilesRestore files = new FilesRestore(image.files(), plugins, image, new PluginOptions(request.pluginOptions()), log)) {
            plan(image, plugins, files);
            RestoreReport report = rebirth(image, files, begin);
            writeStats(report);
            return report;
        }
    }

    /** Whether the root that came back asked for a signal when its parent, which is the calling thread, ends. */
    public boolean rootFollowsParent() {
        return rootFollowsParent;
    }

    /**
     * Has the kernel give this pid namespace's next tasks numbers that the tree of {@code image} does not need: a program
     * that is started then can restore it. Throws {@link StasisException} for what is no image.
     */
    public static void avoidNumbers(Path image) {
        try (ImageReader reader = ImageReader.open(image)) {
            Prospects.avoidNumbers(reader.tasks());
        }
    }

    /** The tree runs already, so a directory that takes no more files is no reason to fail. */
    private void writeStats(RestoreReport report) {
        try {
            StatsFile.write(request.directory(), new StatsFile.RestoreStats(report.forkingMicros(), report.restoreMicros(),
                    report.pagesRestored()));
        } catch (StasisException e) {
            log.info("no stats-restore: " + e.getMessage());
        }
    }

    private void plan(ImageReader image, PluginRegistry plugins, FilesRestore files) {
        List<Problem> problems = new ArrayList<>(PluginsOfImage.missing(plugins, image.plugins()));
        if (problems.isEmpty()) {
            files.hooks(RestoreStage.OPEN);
            problems.addAll(files.plan());
            if (request.newPidNamespace()) {
                problems.addAll(unreachable(files.late()));
            }
        }
        problems.addAll(Prospects.check(image.tasks(), request.newPidNamespace()));
        rootFollowsParent = Prospects.followsParent(image.tasks());
        if (rootFollowsParent && request.parentEnds()) {
            problems.add(Prospects.orphaned(image.tasks()));
        }
        if (request.sibling() && problems.isEmpty()) {
            problems.addAll(Prospects.siblingProblems(image.tasks()));
        }
        problems.addAll(SegmentPlan.check(image.segments()));
        if (!problems.isEmpty()) {
            throw new StasisException(problems);
        }
        files.hooks(RestoreStage.PLAN);
        compareControlGroups(image.tasks().get(0));
        SessionKeyrings.warnOfRestore(image.tasks(), log);
        String lost = Prospects.lostCapabilities(image.tasks());
        if (!lost.isEmpty()) {
            log.warn("the tree comes back without " + lost + " in its bounding set, because this process has them not: no program that"
                    + " it starts can gain them");
        }
    }

    /** Their paths, if they have any, have the numbers that processes had. */
    private static List<Problem> unreachable(List<FileRecord> late) {
        List<Problem> problems = new ArrayList<>();
        for (FileRecord record : late) {
            if (record.location() == null) {
                continue;
            }
            problems.add(new Problem(PhaseError.FILE_OF_A_PROCESS, record.holders().get(0) + " (" + record.link() + ")",
                    "it is a file of a process of the tree, which has another number in a new pid namespace",
                    "restore without --new-pidns"));
        }
        return problems;
    }

    /** Nothing fails for it, but limits and accounting are others then, which nobody should have to find out. */
    private void compareControlGroups(TaskState root) {
        String before = root.settings() == null ? "" : root.settings().controlGroups();
        String now = ControlGroups.of(ProcessCalls.self());
        if (!before.isEmpty() && !before.equals(now)) {
            log.warn("the tree was in control group " + ControlGroups.without(before, now) + ", and comes back in "
                    + ControlGroups.without(now, before) + ", that of this process: start the restore in the former, or write the tree's pids to its cgroup.procs");
        }
    }

    private RestoreReport rebirth(ImageReader image, FilesRestore files, long begin) {
        Rebirth.Place place = request.newPidNamespace() ? Rebirth.Place.NEW_PID_NAMESPACE
                : request.sibling() ? Rebirth.Place.SIBLING : Rebirth.Place.CHILD;
        try (Rebirth rebirth = Rebirth.begin(image.tasks(), place, log)) {
            files.hooks(RestoreStage.TASKS);
            Map<OpenFileId, Fd> opened = files.open();
            bear(rebirth, files, opened, image);
            files.openLate(rebirth::remoteCalls);
            long born = System.nanoTime();
            long pages = pages(image);
            progress.begin("restoring memory", pages * PageRun.PAGE);
            files.hooks(RestoreStage.MEMORY);
            furnish(rebirth, image);
            progress.end();
            files.finish(rebirth::remoteCalls, rebirth::numberHere);
            image.verifyPages();
            files.hooks(RestoreStage.RESUME);
            rebirth.resume(request.afterwards() == RestoreRequest.Afterwards.STAY_STOPPED);
            files.done();
            return new RestoreReport(rebirth.root(), rebirth.child(), pages, (born - begin) / 1000, (System.nanoTime() - begin) / 1000,
                    image.tasks().size());
        }
    }

    /** Memory is filled while its checksums are still being made, so whatever fails here may come of damage to the image. */
    private static void bear(Rebirth rebirth, FilesRestore files, Map<OpenFileId, Fd> opened, ImageReader image) {
        try {
            rebirth.bear(files.controllingTerminals(), opened, image);
        } catch (RuntimeException e) {
            image.verifyPages();
            throw e;
        }
    }

    private static void furnish(Rebirth rebirth, ImageReader image) {
        try {
            rebirth.furnish();
        } catch (RuntimeException e) {
            image.verifyPages();
            throw e;
        }
    }

    private static long pages(ImageReader image) {
        long pages = 0;
        for (TaskState task : image.tasks()) {
            pages += pages(image.of(task.pid()).runs());
        }
        for (SharedMemory shared : image.sharedObjects()) {
            pages += pages(shared.runs());
        }
        return pages;
    }

    private static long pages(List<PageRun> runs) {
        long pages = 0;
        for (PageRun run : runs) {
            pages += run.pages();
        }
        return pages;
    }
}
