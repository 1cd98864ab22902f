package dev.stasis.host.model;

import dev.stasis.host.state.DescriptorEntry;
import dev.stasis.host.task.read.TaskFiles;
import dev.stasis.linux.Fd;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.DescriptorTable;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.LongPaths;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.spi.Holder;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.OpenFileId;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The chain of kernel objects of some processes: which descriptor refers to which open file description, and what each
 * current directory, root, program and mapping refers to.
 *
 * <p>Read without stopping or disturbing anybody; exact when the processes stand still. Of running ones a descriptor that is
 * closed meanwhile is left out. Reading it once beforehand makes the second time faster: the kernel then has the entries of
 * /proc at hand, this process has room in its descriptor table, and the code is compiled.
 *
 * <p>From one thread only. Closing it closes the descriptors that it lent.
 */
public final class Chain implements TaskFiles, AutoCloseable {
    private final List<OpenFile> files;
    private final Map<Pid, List<DescriptorEntry>> tables;
    private final Map<Holder, OpenFileId> places;
    private final BitSet ledTo;
    private final Map<OpenFileId, Fd> lent = new HashMap<>();
    private final Map<Pid, Fd> pidfds = new HashMap<>();
    private final Deque<AutoCloseable> owned = new ArrayDeque<>();

    Chain(List<OpenFile> files, Map<Pid, List<DescriptorEntry>> tables, Map<Holder, OpenFileId> places, BitSet ledTo) {
        this.files = List.copyOf(files);
        this.tables = tables;
        this.places = places;
        this.ledTo = ledTo;
    }

    /** Reads the chain of {@code tasks}; a task that has ended has no files. */
    public static Chain read(List<ChainTask> tasks) {
        try (FirstLook none = FirstLook.none()) {
            return read(tasks, none);
        }
    }

    /** Reads the chain of {@code tasks} with the help of {@code firstLook}, which is borrowed. */
    public static Chain read(List<ChainTask> tasks, FirstLook firstLook) {
        ChainReader reader = new ChainReader(firstLook);
        for (int i = 0; i < tasks.size(); i++) {
            reader.read(tasks.get(i));
        }
        return reader.finished();
    }

    /** Of this very process, descriptors {@code numbers} alone, lowest first: for rehearsals. */
    public static Chain ofOwn(int[] numbers) {
        try (FirstLook none = FirstLook.none(); DescriptorTable table = DescriptorTable.tryOpen(ProcessCalls.self()).orElseThrow()) {
            ChainReader reader = new ChainReader(none);
            reader.read(ProcessCalls.self(), table, numbers);
            return reader.finished();
        }
    }

    /** All open files and locations, in the order of tasks and descriptors. */
    public List<OpenFile> files() {
        return files;
    }

    /**
     * Whether the path of {@code file} was seen to lead to its inode and mount when it was read, which spares looking for it;
     * false if it does not or nobody looked.
     */
    public boolean isFoundAtItsPath(OpenFile file) {
        return ledTo.get(file.id().number());
    }

    /** Whether it was looked, when {@code file} was read, if its path leads to it. */
    public boolean isLookedAtItsPath(OpenFile file) {
        return file.holders().get(0) instanceof Holder.Descriptor && file.link().isAbsolute()
                && file.link().length() <= LongPaths.ONE_CALL;
    }

    /** The tasks that were read and lived. */
    public Set<Pid> tasks() {
        return tables.keySet();
    }

    /** The descriptor table of {@code task}, lowest number first; empty for a task that was not read or has ended. */
    @Override
    public List<DescriptorEntry> table(Pid task) {
        return tables.getOrDefault(task, List.of());
    }

    /** What {@code holder} refers to; throws {@link IllegalArgumentException} for what was not found. */
    @Override
    public OpenFileId idOf(Holder holder) {
        OpenFileId id = holder instanceof Holder.Descriptor descriptor ? ofDescriptor(descriptor) : places.get(holder);
        if (id == null) {
            throw new IllegalArgumentException("no open file is known of " + holder);
        }
        return id;
    }

    private OpenFileId ofDescriptor(Holder.Descriptor descriptor) {
        List<DescriptorEntry> table = table(descriptor.task());
        int low = 0;
        int high = table.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int number = table.get(middle).number();
            if (number == descriptor.number()) {
                return table.get(middle).file();
            }
            if (number < descriptor.number()) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return null;
    }

    /**
     * A descriptor in this process of {@code file}: of the same open file description when a descriptor refers to it, else
     * an O_PATH descriptor of the same inode through the same mount. Borrowed, valid until this chain is closed; the task
     * must still live the first time.
     */
    public Fd descriptor(OpenFile file) {
        Fd known = lent.get(file.id());
        if (known == null) {
            known = fetch(file);
            lent.put(file.id(), known);
        }
        return known;
    }

    /** Closes {@code resource} when this closes, the latest first; returns it. */
    public <T extends AutoCloseable> T own(T resource) {
        owned.push(resource);
        return resource;
    }

    private Fd fetch(OpenFile file) {
        for (int i = 0; i < file.holders().size(); i++) {
            if (file.holders().get(i) instanceof Holder.Descriptor descriptor) {
                return ProcessCalls.fetch(pidfd(descriptor.task()), new RemoteFd(descriptor.task(), descriptor.number()));
            }
        }
        return FileCalls.open(procLink(file.holders().get(0)), OpenFlags.PATH, 0);
    }

    private Fd pidfd(Pid task) {
        Fd known = pidfds.get(task);
        if (known == null) {
            known = ProcessCalls.pidfd(task);
            pidfds.put(task, known);
        }
        return known;
    }

    /** The link below /proc that leads to what {@code holder} refers to, whatever its path says. */
    static UnixPath procLink(Holder holder) {
        if (holder instanceof Holder.CurrentDirectory) {
            return ProcFile.path(holder.task(), "cwd");
        }
        if (holder instanceof Holder.RootDirectory) {
            return ProcFile.path(holder.task(), "root");
        }
        if (holder instanceof Holder.Executable) {
            return ProcFile.path(holder.task(), "exe");
        }
        if (holder instanceof Holder.Mapping mapping) {
            return ProcFile.path(holder.task(), "map_files/" + Long.toHexString(mapping.start().value()) + "-"
                    + Long.toHexString(mapping.end().value()));
        }
        return ProcFile.path(holder.task(), "fd/" + ((Holder.Descriptor) holder).number());
    }

    /** Closes the descriptors that were lent, and what is owned. */
    @Override
    public void close() {
        while (!owned.isEmpty()) {
            close(owned.pop());
        }
        for (Fd fd : lent.values()) {
            fd.close();
        }
        lent.clear();
        for (Fd pidfd : pidfds.values()) {
            pidfd.close();
        }
        pidfds.clear();
    }

    private static void close(AutoCloseable resource) {
        try {
            resource.close();
        } catch (Exception e) {
            throw new IllegalStateException("closing " + resource, e);
        }
    }
}
