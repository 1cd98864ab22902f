package dev.stasis.bench;

import java.nio.file.Path;

/** One dump and restore of one workload by one tool. Leaves no process and no file. */
final class Trial {
    private final Workload workload;
    private final Tool tool;
    private final Path scratch;

    Trial(Workload workload, Tool tool, Path scratch) {
        this.workload = workload;
        this.tool = tool;
        this.scratch = scratch;
    }

    Result run() {
        try (Scratch place = Scratch.below(scratch);
                Child target = Child.start(workload.command(), place.directory("work"), place.path("output"))) {
            target.awaitPrinted("ready\n");
            Tool.Taken dump = tool.dump(target.pid(), place.path("image"), place.path());
            target.awaitEnd();
            Tool.Taken restore = tool.restore(place.path("image"), place.path());
            return new Result(workload, tool, dump, restore);
        }
    }

    /** What one trial took. */
    record Result(Workload workload, Tool tool, Tool.Taken dump, Tool.Taken restore) {}
}
