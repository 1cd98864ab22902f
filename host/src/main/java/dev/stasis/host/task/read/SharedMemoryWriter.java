package dev.stasis.host.task.read;

import dev.stasis.host.state.Mapping;
import dev.stasis.host.state.PageRun;
import dev.stasis.host.state.PagesOutput;
import dev.stasis.host.state.TaskState;
import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.fs.SeekCalls;
import dev.stasis.linux.proc.ProcFile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Shared anonymous memory of a frozen tree: found once however many mappings and processes show it, and written once. Its
 * pages are not in the page tables of any process, so it is read as the file that it is inside the kernel. Close it when done.
 */
public final class SharedMemoryWriter implements AutoCloseable {
    private static final int CHUNK = 1 << 19;

    private final long id;
    private final Fd file;
    private final long size;

    private SharedMemoryWriter(long id, Fd file) {
        this.id = id;
        this.file = file;
        this.size = FileCalls.status(file).size();
    }

    /** All shared anonymous memory and all System V segments that {@code tasks} show. */
    public static List<SharedMemoryWriter> find(List<TaskState> tasks) {
        Map<Long, SharedMemoryWriter> found = new LinkedHashMap<>();
        for (TaskState task : tasks) {
            List<Mapping> mappings = task.memory() == null ? List.of() : task.memory().mappings();
            for (Mapping mapping : mappings) {
                long object = mapping.sharedObject();
                boolean shared = mapping.kind() == Mapping.Kind.SHARED_ANONYMOUS || mapping.kind() == Mapping.Kind.SYSTEM_V;
                if (shared && !found.containsKey(object)) {
                    found.put(object, new SharedMemoryWriter(object, open(task.pid(), mapping)));
                }
            }
        }
        return new ArrayList<>(found.values());
    }

    private static Fd open(Pid pid, Mapping mapping) {
        String name = "map_files/" + Long.toHexString(mapping.start().value()) + "-" + Long.toHexString(mapping.end().value());
        return FileCalls.open(ProcFile.path(pid, name), OpenFlags.RDONLY, 0);
    }

    /** The {@link Mapping#sharedObject()} that mappings of it have. */
    public long id() {
        return id;
    }

    /** Its size in bytes. */
    public long size() {
        return size;
    }

    /** Writes its contents to {@code output} and finishes it. */
    public void write(PagesOutput output) {
        List<PageRun> runs = new ArrayList<>();
        NativeMemory buffer = NativeMemory.allocate(CHUNK);
        long written = 0;
        long data = SeekCalls.nextData(file, 0).orElse(-1L);
        while (data >= 0) {
            long hole = SeekCalls.nextHole(file, data);
            long pages = (hole - data + PageRun.PAGE - 1) / PageRun.PAGE;
            copy(data, pages * PageRun.PAGE, output, written, buffer);
            runs.add(new PageRun(new RemoteAddress(data), pages, written));
            written += pages * PageRun.PAGE;
            data = SeekCalls.nextData(file, hole).orElse(-1L);
        }
        output.finish(runs);
    }

    /** The size is not always whole pages; what the file lacks of the last one is zero. */
    private void copy(long from, long length, PagesOutput output, long to, NativeMemory buffer) {
        long done = 0;
        while (done < length) {
            int wanted = (int) Math.min(CHUNK, length - done);
            int count = FileCalls.readAt(file, buffer, wanted, from + done);
            if (count == 0) {
                buffer.clear(0, wanted);
                count = wanted;
            }
            write(output, buffer, count, to + done);
            done += count;
        }
    }

    private static void write(PagesOutput output, NativeMemory buffer, int length, long at) {
        try {
            if (FileCalls.writeAt(output.descriptor(), buffer, length, at) != length) {
                throw new KernelException("pwrite", output.path(), Errno.ENOSPC);
            }
        } catch (KernelException e) {
            throw output.refused(e);
        }
    }

    @Override
    public void close() {
        file.close();
    }
}
