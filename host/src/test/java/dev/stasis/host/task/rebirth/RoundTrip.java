package dev.stasis.host.task.rebirth;

import dev.stasis.host.SilentLog;
import dev.stasis.host.state.Sharing;
import dev.stasis.host.model.Chain;
import dev.stasis.host.model.ChainTask;
import dev.stasis.host.state.DescriptorEntry;
import dev.stasis.host.state.PageRun;
import dev.stasis.host.state.Pages;
import dev.stasis.host.state.PagesOutput;
import dev.stasis.host.state.PagesSource;
import dev.stasis.host.state.SharedMemory;
import dev.stasis.host.state.TaskState;
import dev.stasis.host.task.freeze.FrozenTask;
import dev.stasis.host.task.freeze.FrozenTree;
import dev.stasis.host.task.freeze.TreeFreezer;
import dev.stasis.host.task.read.Kinship;
import dev.stasis.host.task.read.MemoryWriter;
import dev.stasis.host.task.read.SharedMemoryWriter;
import dev.stasis.host.task.read.TaskFiles;
import dev.stasis.host.task.read.TaskReader;
import dev.stasis.linux.Fd;
import dev.stasis.linux.Pid;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.spi.Holder;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.OpenFileId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Takes a tree of real processes as it stands, into memory, with the very open files they had; and brings it back. */
final class RoundTrip implements PagesSource, TaskFiles, AutoCloseable {
    private final List<TaskState> tasks = new ArrayList<>();
    private final Map<OpenFileId, Fd> files = new HashMap<>();
    private final Map<Pid, Kept> memories = new HashMap<>();
    private final Map<Long, Kept> sharedMemories = new HashMap<>();
    private final List<SharedMemory> objects = new ArrayList<>();
    private Chain chain;

    private static final class Kept implements PagesOutput, Pages {
        private final Fd file = FileCalls.memfd("pages");
        private List<PageRun> runs = List.of();

        @Override
        public Fd descriptor() {
            return file;
        }

        @Override
        public String path() {
            return "memory of the test";
        }

        @Override
        public void finish(List<PageRun> written) {
            runs = written;
        }

        @Override
        public List<PageRun> runs() {
            return runs;
        }
    }

    private RoundTrip() {}

    /** Freezes the tree below {@code root}, keeps all of it and kills it. */
    static RoundTrip take(Pid root) {
        RoundTrip trip = new RoundTrip();
        try (FrozenTree tree = TreeFreezer.freeze(root, Duration.ofSeconds(5), new SilentLog())) {
            trip.keep(tree);
            tree.kill();
        }
        return trip;
    }

    private void keep(FrozenTree tree) {
        List<ChainTask> chainTasks = new ArrayList<>();
        for (FrozenTask task : tree.tasks()) {
            chainTasks.add(new ChainTask(task.pid(), task.isEnded() ? List.of() : task.areas()));
        }
        chain = Chain.read(chainTasks);
        for (OpenFile file : chain.files()) {
            files.put(file.id(), open(file));
        }
        MemoryWriter writer = new MemoryWriter(tree.pin());
        for (FrozenTask task : tree.tasks()) {
            TaskState state = TaskReader.read(task, Kinship.of(tree), this, Sharing.alone(task.pid()));
            if (!task.isEnded()) {
                Kept memory = new Kept();
                writer.write(task, state.memory(), memory);
                memories.put(task.pid(), memory);
            }
            tasks.add(TaskReader.withPending(state, task));
        }
        for (SharedMemoryWriter shared : SharedMemoryWriter.find(tasks)) {
            Kept memory = new Kept();
            shared.write(memory);
            objects.add(new SharedMemory(shared.id(), shared.size(), memory.runs()));
            sharedMemories.put(shared.id(), memory);
            shared.close();
        }
    }

    private Fd open(OpenFile file) {
        Fd lent = chain.descriptor(file);
        Holder holder = file.holders().get(0);
        if (!(holder instanceof Holder.Mapping || holder instanceof Holder.Executable)) {
            return lent.duplicate();
        }
        // With no more access than the mapping has: nobody can run what is open for writing, and this may be the loader.
        return FileCalls.open(UnixPath.of("/proc/self/fd/" + lent.number()), file.flags(), 0);
    }

    Map<OpenFileId, Fd> files() {
        return files;
    }

    List<TaskState> tasks() {
        return tasks;
    }

    /** Brings it back. */
    void back(boolean stayStopped) {
        try (Rebirth rebirth = Rebirth.begin(tasks, new SilentLog())) {
            rebirth.bear(Map.of(), files, this);
            rebirth.furnish();
            rebirth.resume(stayStopped);
        }
    }

    @Override
    public OpenFileId idOf(Holder holder) {
        return chain.idOf(holder);
    }

    @Override
    public List<DescriptorEntry> table(Pid task) {
        return chain.table(task);
    }

    @Override
    public Pages of(Pid task) {
        return memories.get(task);
    }

    @Override
    public Pages shared(long id) {
        return sharedMemories.get(id);
    }

    @Override
    public List<SharedMemory> sharedObjects() {
        return objects;
    }

    @Override
    public void close() {
        chain.close();
        for (Fd file : files.values()) {
            file.close();
        }
        for (Kept memory : memories.values()) {
            memory.file.close();
        }
        for (Kept memory : sharedMemories.values()) {
            memory.file.close();
        }
    }
}
