package dev.stasis.plugins.pipes;

import dev.stasis.linux.Fd;
import dev.stasis.linux.InodeId;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.AccessMode;
import dev.stasis.linux.fs.ContentCalls;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileType;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.fs.PipeCalls;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.plugins.pipes.proto.pipe_data_entry;
import dev.stasis.spi.DumpContext;
import dev.stasis.spi.FirstLookContext;
import dev.stasis.spi.Holder;
import dev.stasis.spi.OpenFile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Writes what is in all pipes, or in all FIFOs, of a tree: each once, however often it was opened. */
final class DumpedPipes {
    /** About as much as an entry takes in the image. */
    private static final int ENTRY = 40;
    private static final long WORTHWHILE = 1 << 20;

    private final PipeDataFile kind;
    private final Map<InodeId, Integer> numbers = new HashMap<>();
    private DumpContext dump;
    private boolean reserved;
    private Pid task;
    private Fd pidfd;

    DumpedPipes(PipeDataFile kind) {
        this.kind = kind;
    }

    /**
     * Makes room in the image for what is in the pipes of {@code files} now. Getting pages for a file takes several times as long
     * as copying to them.
     */
    void lookAhead(List<OpenFile> files, FirstLookContext context) {
        long bytes = 0;
        List<OpenFile> ends = ends(files);
        for (int i = 0; i < ends.size(); i++) {
            bytes += PipeCalls.available(context.descriptor(ends.get(i))) + ENTRY;
        }
        if (bytes >= WORTHWHILE) {
            try (Fd file = context.image().create(kind.name())) {
                reserved = ContentCalls.tryReserve(file, bytes);
            }
        }
    }

    /** Writes all of them, if that was not yet done in this dump. */
    void dumpAll(DumpContext context) {
        if (dump == context) {
            return;
        }
        dump = context;
        numbers.clear();
        try (Fd file = context.image().create(kind.name()); PipeContents contents = new PipeContents()) {
            PipeDataWriter writer = new PipeDataWriter(file, kind, contents);
            for (OpenFile one : ends(context.files())) {
                dump(one, writer);
            }
            long length = writer.finish();
            if (reserved) {
                ContentCalls.resize(file, length);
            }
        } finally {
            reserved = false;
            leaveTask();
        }
    }

    /** The number in the image of the FIFO behind {@code file}. */
    int numberOf(OpenFile file) {
        return numbers.get(file.status().inode());
    }

    /** Of each pipe one open file, one that may read where there is one. */
    private List<OpenFile> ends(List<OpenFile> files) {
        List<OpenFile> ends = new ArrayList<>();
        Map<InodeId, Integer> places = new HashMap<>();
        for (int i = 0; i < files.size(); i++) {
            OpenFile file = files.get(i);
            if (!isMine(file)) {
                continue;
            }
            Integer place = places.get(file.status().inode());
            if (place == null) {
                places.put(file.status().inode(), ends.size());
                ends.add(file);
            } else if (!ends.get(place).flags().accessMode().reads() && file.flags().accessMode().reads()) {
                ends.set(place, file);
            }
        }
        return ends;
    }

    private boolean isMine(OpenFile file) {
        boolean pipe = PipeKind.isPipe(file.status().type(), file.link());
        return file.hasDescriptor() && (kind == PipeDataFile.PIPES ? pipe : file.status().type() == FileType.FIFO && !pipe)
                && !file.flags().has(OpenFlags.PATH);
    }

    private void dump(OpenFile file, PipeDataWriter writer) {
        InodeId inode = file.status().inode();
        numbers.put(inode, kind == PipeDataFile.PIPES ? (int) inode.number() : numbers.size() + 1);
        try (Fd pipe = fetch(file)) {
            int bytes = PipeCalls.available(pipe);
            int capacity = PipeCalls.capacity(pipe);
            pipe_data_entry.Builder entry = pipe_data_entry.newBuilder()
                    .setPipeId(numbers.get(inode))
                    .setBytes(bytes)
                    .setSize(capacity);
            if (kind == PipeDataFile.PIPES) {
                entry.setUid(file.status().uid()).setGid(file.status().gid()).setMode(file.status().permissions());
            }
            if (kind == PipeDataFile.FIFOS && bytes == 0 && isUnwritten(file, pipe)) {
                entry.setUnwritten(true);
            }
            if (bytes == 0) {
                writer.add(entry);
            } else {
                read(pipe, file, bytes, capacity, entry, writer);
            }
        }
    }

    /**
     * Whether {@code file}, open at {@code fifo}, is the one opening of a FIFO, for reading, since which there was no writer. To
     * such a reader poll(2) does not say that its writers have gone.
     */
    private boolean isUnwritten(OpenFile file, Fd fifo) {
        if (file.flags().accessMode() != AccessMode.READ || PipeCalls.hasHungUp(fifo)) {
            return false;
        }
        for (OpenFile other : dump.files()) {
            if (other != file && isMine(other) && other.status().inode().equals(file.status().inode())) {
                return false;
            }
        }
        return true;
    }

    /** A copy held longer than this would keep the other end from seeing that this one is closed. */
    private Fd fetch(OpenFile file) {
        for (Holder holder : file.holders()) {
            if (holder instanceof Holder.Descriptor descriptor) {
                if (!descriptor.task().equals(task)) {
                    leaveTask();
                    pidfd = ProcessCalls.pidfd(descriptor.task());
                    task = descriptor.task();
                }
                return ProcessCalls.fetch(pidfd, new RemoteFd(task, descriptor.number()));
            }
        }
        throw new IllegalArgumentException(file + " has no descriptor");
    }

    private void leaveTask() {
        if (pidfd != null) {
            pidfd.close();
        }
        pidfd = null;
        task = null;
    }

    /** Only the write end may be in the tree: then the pipe is opened once more, for reading, by the link that /proc has. */
    private static void read(
            Fd pipe, OpenFile file, int bytes, int capacity, pipe_data_entry.Builder entry, PipeDataWriter writer) {
        if (file.flags().accessMode().reads()) {
            writer.add(entry, pipe, bytes, capacity);
            return;
        }
        UnixPath link = UnixPath.of("/proc/self/fd/" + pipe.number());
        try (Fd reader = FileCalls.open(link, OpenFlags.RDONLY.with(OpenFlags.NONBLOCK), 0)) {
            writer.add(entry, reader, bytes, capacity);
        }
    }
}
