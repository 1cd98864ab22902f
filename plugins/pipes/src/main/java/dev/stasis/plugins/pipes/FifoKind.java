package dev.stasis.plugins.pipes;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.stasis.linux.Fd;
import dev.stasis.linux.InodeId;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.AccessMode;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.FileType;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.proc.DescriptorSearch;
import dev.stasis.linux.proc.DescriptorSearch.Found;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.plugins.pipes.proto.fifo_entry;
import dev.stasis.spi.Claim;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.DumpContext;
import dev.stasis.spi.FdKind;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.ImageType;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.Problem;
import dev.stasis.spi.RestoreContext;
import dev.stasis.spi.StasisException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** FIFOs, which are found again by their path; whoever outside has one open stays connected. */
final class FifoKind implements FdKind {
    /** CRIU's FIFO and its field in a file entry. */
    private static final ImageType FIFO = new ImageType(3, 17);

    private final DumpedPipes dumped = new DumpedPipes(PipeDataFile.FIFOS);
    private final RestoredPipes restored;

    FifoKind(RestoredPipes restored) {
        this.restored = restored;
    }

    @Override
    public String name() {
        return "fifo";
    }

    @Override
    public ImageType imageType() {
        return FIFO;
    }

    @Override
    public Claim claim(OpenFile file, ClaimContext context) {
        boolean mine = file.status().type() == FileType.FIFO && file.hasDescriptor()
                && !PipeKind.isPipe(file.status().type(), file.link()) && file.flags().accessMode() != AccessMode.PATH;
        return mine ? Claim.takeLocated(Claim.Fit.TYPE) : Claim.none();
    }

    @Override
    public byte[] dump(OpenFile file, DumpContext context) {
        dumped.dumpAll(context);
        return fifo_entry.newBuilder().setId(file.id().number()).setPipeId(dumped.numberOf(file)).build().toByteArray();
    }

    @Override
    public List<Problem> plan(FileRecord record, RestoreContext context) {
        List<Problem> problems = new ArrayList<>();
        restored.plan(PipeDataFile.FIFOS, number(record), record, context, problems);
        if (record.location().pathRemap().isEmpty() && record.location().mountRemap().isEmpty()) {
            Optional<FileStatus> found = FileCalls.tryStatus(record.location().path());
            if (found.isEmpty() || found.get().type() != FileType.FIFO) {
                problems.add(new Problem(PipesErrorCode.FIFO_MISSING, record.holders().get(0) + " (" + record.link() + ")",
                        found.isEmpty() ? "there is no such file any more" : "that is no FIFO any more",
                        "make it again: mkfifo " + record.location().path()));
            }
        }
        return problems;
    }

    @Override
    public Fd restore(FileRecord record, RestoreContext context) {
        Fd both = restored.fifo(number(record), record, context);
        OpenFlags wanted = record.flags().without(OpenFlags.ASYNC).without(OpenFlags.DIRECT);
        // By the descriptor at hand: a path that a remap finds leads to the inode only once.
        UnixPath link = UnixPath.of("/proc/self/fd/" + both.number());
        Fd file = FileCalls.open(link, wanted.with(OpenFlags.NONBLOCK), 0);
        if (!record.flags().has(OpenFlags.NONBLOCK) || record.flags().has(OpenFlags.DIRECT)) {
            FileCalls.flags(file, record.flags().without(OpenFlags.ASYNC));
        }
        return file;
    }

    @Override
    public void restoreDeferred(FileRecord record, Fd file, RestoreContext context) {
        if (record.flags().has(OpenFlags.ASYNC)) {
            AsyncFlag.set(record, context);
        }
    }

    /** Whether a process besides this one has the FIFO behind {@code fifo} open. */
    static boolean isOpenElsewhere(Fd fifo, FileRecord record) {
        InodeId inode = FileCalls.status(fifo).inode();
        for (Found found : DescriptorSearch.find(Set.of(record.link()), Set.of(ProcessCalls.self()))) {
            UnixPath link = UnixPath.of("/proc/" + found.task() + "/fd/" + found.number());
            Optional<FileStatus> status = FileCalls.tryStatus(link);
            if (status.isPresent() && status.get().inode().equals(inode)) {
                return true;
            }
        }
        return false;
    }

    private static int number(FileRecord record) {
        try {
            return fifo_entry.parseFrom(record.payload()).getPipeId();
        } catch (InvalidProtocolBufferException e) {
            throw new StasisException(new Problem(PipesErrorCode.ENTRY_MALFORMED, "file entry " + record.id(), e.getMessage(),
                    "the image was not made by this version of the plugin"), e);
        }
    }
}
