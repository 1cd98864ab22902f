package dev.stasis.plugins.pipes;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.fs.PipeCalls;
import dev.stasis.linux.probe.Capability;
import dev.stasis.linux.probe.Privileges;
import dev.stasis.plugins.pipes.PipeDataFile.Saved;
import dev.stasis.plugins.pipes.proto.pipe_data_entry;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.Problem;
import dev.stasis.spi.RestoreContext;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The pipes and FIFOs of one image, each made and filled once, however often it was opened. */
final class RestoredPipes {
    private final Map<Integer, RestoredPipe> pipes = new HashMap<>();
    private final Map<Integer, Fd> fifos = new HashMap<>();
    private final Map<PipeDataFile, Contents> contents = new HashMap<>();
    private RestoreContext restore;
    private long limit;

    /** Of pipes with whatever room this process may give them. */
    RestoredPipes() {
        this(-1);
    }

    /** Of pipes with room for up to {@code limit} bytes. */
    RestoredPipes(long limit) {
        this.limit = limit;
    }

    private record Contents(Map<Integer, Saved> index, Filling filling) {}

    private void enter(RestoreContext context) {
        if (restore != context) {
            pipes.clear();
            fifos.clear();
            contents.clear();
            restore = context;
            // No method reference: the archive of loaded classes has none of a bundle.
            context.own(new AutoCloseable() {
                @Override
                public void close() {
                    closeSpareEnds();
                }
            });
        }
    }

    private Contents contents(PipeDataFile file) {
        Contents known = contents.get(file);
        if (known == null) {
            Fd opened = restore.own(file.open(restore.image()));
            known = new Contents(file.index(opened), new Filling(opened));
            contents.put(file, known);
        }
        return known;
    }

    private Saved saved(PipeDataFile file, int pipe) {
        Saved saved = contents(file).index().get(pipe);
        return saved != null ? saved : new Saved(pipe_data_entry.newBuilder().setPipeId(pipe).setBytes(0).build(), 0);
    }

    /** Adds to {@code problems} what would keep the pipe {@code pipe} of {@code record} from being made. */
    void plan(PipeDataFile file, int pipe, FileRecord record, RestoreContext context, List<Problem> problems) {
        enter(context);
        int size = saved(file, pipe).entry().getSize();
        if (size > limit()) {
            problems.add(new Problem(PipesErrorCode.CAPACITY_BEYOND_LIMIT, record.holders().get(0) + " (" + record.link() + ")",
                    "it has room for " + size + " bytes, and without CAP_SYS_RESOURCE no pipe may have more than " + limit,
                    "raise /proc/sys/fs/pipe-max-size, or restore with that capability"));
        }
    }

    private long limit() {
        if (limit < 0) {
            limit = Privileges.ofThisProcess().has(Capability.CAP_SYS_RESOURCE) ? Long.MAX_VALUE : userLimit();
        }
        return limit;
    }

    private static long userLimit() {
        try (Fd file = FileCalls.open(UnixPath.of("/proc/sys/fs/pipe-max-size"), OpenFlags.RDONLY, 0)) {
            return Long.parseLong(new String(FileCalls.read(file, 32), StandardCharsets.US_ASCII).strip());
        }
    }

    /** Pipe {@code id}, made and filled now if it was not. */
    RestoredPipe pipe(int id, RestoreContext context) {
        enter(context);
        RestoredPipe known = pipes.get(id);
        if (known == null) {
            Saved saved = saved(PipeDataFile.PIPES, id);
            known = RestoredPipe.make(saved.entry());
            pipes.put(id, known);
            contents(PipeDataFile.PIPES).filling().fill(known.writeEnd(), saved);
        }
        return known;
    }

    /**
     * Opens FIFO {@code id} once for both directions (for reading alone where there was no writer yet), so that no other opening waits for somebody, and fills it unless
     * somebody outside has it open: then what is in it never went away. Returns that descriptor, borrowed.
     */
    Fd fifo(int id, FileRecord record, RestoreContext context) {
        enter(context);
        Fd known = fifos.get(id);
        if (known != null) {
            return known;
        }
        Saved saved = saved(PipeDataFile.FIFOS, id);
        // A reader that never had a writer must not see us as one.
        OpenFlags direction = saved.entry().getUnwritten() ? OpenFlags.RDONLY : OpenFlags.RDWR;
        Fd both = context.open(record, direction.with(OpenFlags.NONBLOCK));
        fifos.put(id, both);
        boolean fresh = saved.entry().getBytes() == 0 || !FifoKind.isOpenElsewhere(both, record);
        if (fresh) {
            size(both, saved.entry());
            contents(PipeDataFile.FIFOS).filling().fill(both, saved);
        } else {
            context.log().info(record.link() + " is open elsewhere: what is in it stays as it is");
        }
        return both;
    }

    private static void size(Fd fifo, pipe_data_entry entry) {
        if (!entry.hasSize() || PipeCalls.capacity(fifo) == entry.getSize()) {
            return;
        }
        try {
            PipeCalls.capacity(fifo, entry.getSize());
        } catch (KernelException e) {
            if (!e.is(Errno.EBUSY)) {
                throw e;
            }
        }
    }

    /** Closes what nobody in the tree holds. */
    void closeSpareEnds() {
        for (RestoredPipe pipe : pipes.values()) {
            pipe.close();
        }
        for (Fd fifo : fifos.values()) {
            fifo.close();
        }
        pipes.clear();
        fifos.clear();
    }
}
