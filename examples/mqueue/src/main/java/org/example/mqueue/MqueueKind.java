package org.example.mqueue;

import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileSystemCalls;
import dev.stasis.linux.fs.FileType;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.spi.Claim;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.DumpContext;
import dev.stasis.spi.FdKind;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.ImageType;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.Problem;
import dev.stasis.spi.RestoreContext;
import java.util.List;

/** Descriptors of message queues, as mq_open(3) returns them: files on the kernel's mqueue file system. */
final class MqueueKind implements FdKind {
    static final String REPLACE = "mqueue-replace";
    private static final int MQUEUE_MAGIC = 0x19800202;
    /** The size that every file there has. */
    private static final long STATUS_SIZE = 80;

    private final Outsiders outsiders = new Outsiders();
    private final DumpedQueues dumped = new DumpedQueues();
    private final RestoredQueues restored;

    MqueueKind(RestoredQueues restored) {
        this.restored = restored;
    }

    @Override
    public String name() {
        return "mqueue";
    }

    @Override
    public ImageType imageType() {
        return new ImageType(1801, 1801);
    }

    @Override
    public Claim claim(OpenFile file, ClaimContext context) {
        boolean looksLikeOne = file.status().type() == FileType.REGULAR && file.status().size() == STATUS_SIZE
                && file.hasDescriptor() && !file.flags().has(OpenFlags.PATH);
        if (!looksLikeOne || FileSystemCalls.magic(context.descriptor(file)) != MQUEUE_MAGIC) {
            return Claim.none();
        }
        if (!namespaceOf(file).equals(FileCalls.readLink(ProcFile.path(ProcessCalls.self(), "ns/ipc")))) {
            return Claim.refuse(Claim.Fit.SPECIAL, "it is a message queue of another IPC namespace", "");
        }
        String outside = outsiders.of(file, context);
        if (!outside.isEmpty()) {
            return Claim.refuse(Claim.Fit.SPECIAL, outside + " has the message queue open too, and could take or lose messages"
                    + " while they are read", "dump it together with that process, or end that one first");
        }
        return Claim.take(Claim.Fit.SPECIAL);
    }

    private static UnixPath namespaceOf(OpenFile file) {
        return FileCalls.readLink(ProcFile.path(file.holders().get(0).task(), "ns/ipc"));
    }

    @Override
    public byte[] dump(OpenFile file, DumpContext context) {
        return dumped.entry(file, context).bytes();
    }

    @Override
    public List<Problem> plan(FileRecord record, RestoreContext context) {
        return restored.plan(record, context);
    }

    @Override
    public Fd restore(FileRecord record, RestoreContext context) {
        return restored.open(record, context);
    }

    @Override
    public void restoreDeferred(FileRecord record, Fd file, RestoreContext context) {
        restored.finish(record);
    }

    @Override
    public String describe(FileRecord record) {
        QueueEntry entry = QueueEntry.of(record);
        return "message queue /" + entry.name() + (entry.unlinked() ? " (unlinked)" : "");
    }
}
