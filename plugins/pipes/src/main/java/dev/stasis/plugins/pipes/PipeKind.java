package dev.stasis.plugins.pipes;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.AccessMode;
import dev.stasis.linux.fs.FileType;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.proc.DescriptorSearch.Found;
import dev.stasis.plugins.pipes.proto.fown_entry;
import dev.stasis.plugins.pipes.proto.pipe_entry;
import dev.stasis.spi.Claim;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.DumpContext;
import dev.stasis.spi.FdKind;
import dev.stasis.spi.FileOwner;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.FirstLookContext;
import dev.stasis.spi.ImageType;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.Problem;
import dev.stasis.spi.RestoreContext;
import dev.stasis.spi.StasisException;
import java.util.ArrayList;
import java.util.List;

/** Open ends of pipes. */
final class PipeKind implements FdKind {
    /** CRIU's PIPE and its field in a file entry. */
    private static final ImageType PIPE = new ImageType(2, 18);

    private final Outsiders outsiders = new Outsiders();
    private final DumpedPipes dumped = new DumpedPipes(PipeDataFile.PIPES);
    private final RestoredPipes restored;

    PipeKind(RestoredPipes restored) {
        this.restored = restored;
    }

    static boolean isPipe(FileType type, UnixPath link) {
        return type == FileType.FIFO && link.startsWith("pipe:[");
    }

    @Override
    public String name() {
        return "pipe";
    }

    @Override
    public ImageType imageType() {
        return PIPE;
    }

    @Override
    public Claim claim(OpenFile file, ClaimContext context) {
        if (!isPipe(file.status().type(), file.link()) || file.flags().accessMode() == AccessMode.PATH) {
            return Claim.none();
        }
        if (isExternal(file, context)) {
            return Claim.take(Claim.Fit.TYPE);
        }
        List<Found> outside = outsiders.of(file, context);
        return outside.isEmpty() ? Claim.take(Claim.Fit.TYPE)
                : Claim.refuse(Claim.Fit.TYPE, OutsideText.reason(outside), OutsideText.help(file));
    }

    @Override
    public void lookAhead(List<OpenFile> files, FirstLookContext context) {
        dumped.lookAhead(files, context);
    }

    private static boolean isExternal(OpenFile file, ClaimContext context) {
        return context.options().isSet(PipesPlugin.EXTERNAL)
                && context.options().values(PipesPlugin.EXTERNAL).contains(file.link().toString());
    }

    @Override
    public byte[] dump(OpenFile file, DumpContext context) {
        int pipe = (int) file.status().inode().number();
        boolean external = isExternal(file, context);
        if (!external) {
            dumped.dumpAll(context);
        }
        FileOwner owner = file.owner();
        pipe_entry.Builder entry = pipe_entry.newBuilder()
                .setId(file.id().number())
                .setPipeId(pipe)
                .setFlags(file.flags().bits())
                .setFown(fown_entry.newBuilder().setUid(owner.uid()).setEuid(owner.effectiveUid()).setSignum(owner.signal())
                        .setPidType(owner.type()).setPid(owner.id()));
        return (external ? entry.setExternal(true) : entry).build().toByteArray();
    }

    @Override
    public List<Problem> plan(FileRecord record, RestoreContext context) {
        pipe_entry entry = entry(record);
        List<Problem> problems = new ArrayList<>();
        if (entry.getExternal()) {
            problems.add(new Problem(PipesErrorCode.PIPE_NOT_REPLACED, record.holders().get(0) + " (" + record.link() + ")",
                    "its other end was outside the tree when it was dumped", OutsideText.atRestore(record)));
        } else {
            restored.plan(PipeDataFile.PIPES, entry.getPipeId(), record, context, problems);
        }
        return problems;
    }

    @Override
    public Fd restore(FileRecord record, RestoreContext context) {
        return restored.pipe(entry(record).getPipeId(), context).open(record.flags());
    }

    @Override
    public void restoreDeferred(FileRecord record, Fd file, RestoreContext context) {
        if (record.flags().has(OpenFlags.ASYNC)) {
            AsyncFlag.set(record, context);
        }
    }

    private static pipe_entry entry(FileRecord record) {
        try {
            return pipe_entry.parseFrom(record.payload());
        } catch (InvalidProtocolBufferException e) {
            throw new StasisException(new Problem(PipesErrorCode.ENTRY_MALFORMED, "file entry " + record.id(), e.getMessage(),
                    "the image was not made by this version of the plugin"), e);
        }
    }
}
