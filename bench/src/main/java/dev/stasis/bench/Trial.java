package dev.stasis.bench;

import dev.stasis.linux.Pid;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.process.ProcessCalls;
import java.util.List;

import java.nio.file.Path;

/** One dump and restore of one workload by one tool. Leaves no process and no file. */
final class Trial {
    private static final int SIGKILL = 9;

    private final Workload workload;
    private final Tool tool;
    private final Path scratch;

    Trial(Workload workload, Tool tool, Path scratch) {
        this.workload = workload;
        this.tool = tool;
        this.scratch = scratch;
    }

    Result run() {
        try {
            return dumpAndRestore();
        } finally {
            endOrphans();
        }
    }

    /** What a tree leaves when its root is killed becomes this process's children. */
    static void endOrphans() {
        List<Pid> orphans = ProcFile.children(ProcessCalls.self());
        while (!orphans.isEmpty()) {
            for (Pid orphan : orphans) {
                ProcessCalls.kill(orphan, SIGKILL);
                ProcessCalls.awaitChild(orphan);
            }
            orphans = ProcFile.children(ProcessCalls.self());
        }
    }

    private Result dumpAndRestore() {
        List<String> options = workload.options(scratch);
        try (Scratch place = Scratch.below(scratch);
                Child target = Child.start(workload.command(), place.directory("work"), place.path("output"))) {
            target.awaitPrinted("ready\n");
            Tool.Taken dump = tool.dump(target.pid(), place.path("image"), place.path(), options);
            target.awaitEnd();
            endOrphans(); // or rather take note of their end, which frees their pids
            Tool.Taken restore = tool.restore(place.path("image"), place.path(), options);
            return new Result(workload, tool, dump, restore);
        }
    }

    /** What one trial took. */
    record Result(Workload workload, Tool tool, Tool.Taken dump, Tool.Taken restore) {}
}
