package dev.stasis.host.phase;

import dev.stasis.host.image.ImageWriter;
import dev.stasis.host.state.Mapping;
import dev.stasis.host.state.MemoryState;
import dev.stasis.host.state.PageRun;
import dev.stasis.host.state.PagesOutput;
import dev.stasis.host.state.TaskState;
import dev.stasis.host.task.freeze.FrozenTask;
import dev.stasis.host.task.freeze.FrozenTree;
import dev.stasis.host.task.read.Kinship;
import dev.stasis.host.task.read.MemoryWriter;
import dev.stasis.host.task.read.SegmentReader;
import dev.stasis.host.task.read.SharedMemoryWriter;
import dev.stasis.host.task.read.StopReports;
import dev.stasis.host.task.read.TaskFiles;
import dev.stasis.host.task.read.TaskReader;
import dev.stasis.host.task.read.TreeSharing;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.Pid;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.proc.TaskStat;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The tasks and their memory on their way into an image, and how long that took. */
final class MemoryDump implements Consumer<PageRun> {
    private final ImageWriter image;
    private final Progress progress;
    private long pagesScanned;
    private long pagesWritten;
    private long nanos;

    MemoryDump(ImageWriter image, Progress progress) {
        this.image = image;
        this.progress = progress;
    }

    /** Reads all tasks of {@code tree}, writes their memory; returns their states as they are after that. */
    List<TaskState> readAndWrite(FrozenTree tree, TaskFiles files) {
        List<TaskState> tasks = new ArrayList<>(tree.tasks().size());
        Kinship kinship = Kinship.of(tree);
        TreeSharing sharing = TreeSharing.find(tree.tasks());
        for (FrozenTask task : tree.tasks()) {
            tasks.add(TaskReader.read(task, kinship, files, sharing.of(task.pid())));
        }
        StopReports.add(tree, tasks);
        long begin = System.nanoTime();
        progress.begin("writing memory", 0);
        writePrivate(tree, tasks);
        writeShared(tasks);
        image.writeSegments(SegmentReader.read(tasks));
        progress.end();
        nanos = System.nanoTime() - begin;
        // Signals may still have come in while memory was written; nothing comes in after the tree is let go of.
        for (int i = 0; i < tasks.size(); i++) {
            tasks.set(i, TaskReader.withPending(tasks.get(i), tree.tasks().get(i)));
        }
        return tasks;
    }

    private void writePrivate(FrozenTree tree, List<TaskState> tasks) {
        MemoryWriter writer = new MemoryWriter(tree.pin());
        for (int i = 0; i < tasks.size(); i++) {
            if (tasks.get(i).memory() != null) {
                scanned(tasks.get(i).memory());
                write(writer, tree, tree.tasks().get(i), tasks.get(i).memory(), counted(image.pages(tasks.get(i).pid())));
            }
        }
    }

    private static void write(MemoryWriter writer, FrozenTree tree, FrozenTask task, MemoryState memory, PagesOutput output) {
        for (int i = 0; i < tree.tasks().size(); i++) {
            FrozenTask parent = tree.tasks().get(i);
            if (parent.pid().equals(task.parent()) && !parent.isEnded()) {
                writer.write(task, parent, memory, output);
                return;
            }
        }
        writer.write(task, memory, output, tree.tasks().size() > 1 || runsItsParentsProgram(task.pid()));
    }

    /** Whether it is a fork of a process outside of the tree, and has not started another program since. */
    private static boolean runsItsParentsProgram(Pid pid) {
        int parent = TaskStat.parse(ProcFile.read(pid, "stat")).parent();
        try {
            return parent > 0 && FileCalls.readLink(ProcFile.path(pid, "exe")).equals(
                    FileCalls.readLink(ProcFile.path(new Pid(parent), "exe")));
        } catch (KernelException e) {
            return true; // it ended meanwhile, or is hidden from us
        }
    }

    private void scanned(MemoryState memory) {
        for (Mapping mapping : memory.mappings()) {
            if (!mapping.kind().isKernels()) {
                pagesScanned += mapping.length() / PageRun.PAGE;
            }
        }
    }

    private void writeShared(List<TaskState> tasks) {
        for (SharedMemoryWriter shared : SharedMemoryWriter.find(tasks)) {
            try (shared) {
                shared.write(counted(image.sharedPages(shared.id(), shared.size())));
            }
        }
    }

    private PagesOutput counted(PagesOutput output) {
        return new CountedPages(output, this);
    }

    /** Counts pages that were written. */
    @Override
    public void accept(PageRun run) {
        pagesWritten += run.pages();
        progress.advance(run.length());
    }

    long nanos() {
        return nanos;
    }

    long pagesScanned() {
        return pagesScanned;
    }

    long pagesWritten() {
        return pagesWritten;
    }
}
