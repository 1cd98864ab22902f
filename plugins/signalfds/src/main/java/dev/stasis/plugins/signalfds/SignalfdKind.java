package dev.stasis.plugins.signalfds;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.AccessMode;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.plugins.signalfds.proto.fown_entry;
import dev.stasis.plugins.signalfds.proto.signalfd_entry;
import dev.stasis.spi.Claim;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.DumpContext;
import dev.stasis.spi.FdKind;
import dev.stasis.spi.FileOwner;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.ImageType;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.Problem;
import dev.stasis.spi.RestoreContext;
import dev.stasis.spi.StasisException;
import java.util.List;
import java.util.Optional;

/**
 * Signalfds. There is nothing in one but the set of signals: whoever reads it reads the signals that wait for him, which the host keeps
 * with his threads. So nothing is torn either when somebody outside of the tree has it too.
 */
final class SignalfdKind implements FdKind {
    /** CRIU's SIGNALFD and its field in a file entry. */
    private static final ImageType SIGNALFD = new ImageType(9, 10);
    private static final UnixPath LINK = UnixPath.of("anon_inode:[signalfd]");
    private static final OpenFlags SETTABLE = OpenFlags.APPEND.with(OpenFlags.NONBLOCK).with(OpenFlags.NOATIME);

    @Override
    public String name() {
        return "signalfd";
    }

    @Override
    public ImageType imageType() {
        return SIGNALFD;
    }

    @Override
    public Claim claim(OpenFile file, ClaimContext context) {
        boolean mine = file.link().equals(LINK) && file.flags().accessMode() != AccessMode.PATH;
        return mine ? Claim.take(Claim.Fit.TYPE) : Claim.none();
    }

    @Override
    public byte[] dump(OpenFile file, DumpContext context) {
        FileOwner owner = file.owner();
        return signalfd_entry.newBuilder()
                .setId(file.id().number())
                .setFlags(file.flags().bits())
                .setFown(fown_entry.newBuilder().setUid(owner.uid()).setEuid(owner.effectiveUid()).setSignum(owner.signal())
                        .setPidType(owner.type()).setPid(owner.id()))
                .setSigmask(signals(file, context).bits())
                .build()
                .toByteArray();
    }

    private static SignalSet signals(OpenFile file, DumpContext context) {
        Optional<SignalSet> signals = SignalSet.parse(InfoFile.lines(file, context));
        if (signals.isEmpty()) {
            throw new StasisException(new Problem(SignalfdsErrorCode.SIGNALS_NOT_SHOWN, file.toString(),
                    "its fdinfo file does not show the signals", ""));
        }
        return signals.get();
    }

    @Override
    public List<Problem> plan(FileRecord record, RestoreContext context) {
        signals(record);
        return List.of();
    }

    @Override
    public Fd restore(FileRecord record, RestoreContext context) {
        Fd file = signals(record).open();
        boolean made = false;
        try {
            int settable = record.flags().bits() & SETTABLE.bits();
            if (settable != 0) {
                FileCalls.flags(file, new OpenFlags(settable));
            }
            made = true;
            return file;
        } finally {
            if (!made) {
                file.close();
            }
        }
    }

    @Override
    public String describe(FileRecord record) {
        return "signalfd: " + signals(record);
    }

    private static SignalSet signals(FileRecord record) {
        try {
            return new SignalSet(signalfd_entry.parseFrom(record.payload()).getSigmask());
        } catch (InvalidProtocolBufferException e) {
            throw new StasisException(new Problem(SignalfdsErrorCode.ENTRY_MALFORMED, "file entry " + record.id(), e.getMessage(),
                    "the image was not made by this version of the plugin"), e);
        }
    }
}
