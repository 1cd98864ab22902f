package dev.stasis.plugins.unixsockets;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.stasis.linux.Fd;
import dev.stasis.linux.RemoteCalls;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.plugins.unixsockets.proto.unix_sk_entry;
import dev.stasis.spi.Claim;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.DumpContext;
import dev.stasis.spi.FdKind;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.Holder;
import dev.stasis.spi.ImageType;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.Problem;
import dev.stasis.spi.RestoreContext;
import dev.stasis.spi.StasisException;
import java.util.List;

/** Unix domain sockets. All of a tree are made at once: each pair of ends by the process that had made it. */
final class UnixSocketKind implements FdKind {
    static final String NAME = "unix-socket";
    /** CRIU's UNIXSK and its field in a file entry. */
    private static final ImageType UNIX_SOCKET = new ImageType(5, 16);
    private static final int F_SETFL = 4;

    private final TreeSockets tree = new TreeSockets();
    private final DumpedSockets dumped = new DumpedSockets(tree);
    private final RestoredSockets restored;

    UnixSocketKind(RestoredSockets restored) {
        this.restored = restored;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public ImageType imageType() {
        return UNIX_SOCKET;
    }

    @Override
    public Claim claim(OpenFile file, ClaimContext context) {
        if (!TreeSockets.isSocket(file)) {
            return Claim.none();
        }
        SeenSocket seen = tree.find(file, context);
        if (seen == null) {
            String reason = tree.unlisted(file);
            return reason == null ? Claim.none() : Claim.refuse(Claim.Fit.TYPE, reason, reason.contains("namespace")
                    ? "dump from within that network namespace (nsenter --net)" : "load the module unix_diag");
        }
        return seen.reason == null || seen.external ? Claim.take(Claim.Fit.TYPE)
                : Claim.refuse(Claim.Fit.TYPE, seen.reason, seen.help);
    }

    @Override
    public byte[] dump(OpenFile file, DumpContext context) {
        return dumped.dump(file, context);
    }

    @Override
    public List<Problem> plan(FileRecord record, RestoreContext context) {
        return restored.plan(record, context);
    }

    /** Who connects is kept by the kernel: so it has to be the process of the tree itself. */
    @Override
    public boolean needsProcesses(FileRecord record, RestoreContext context) {
        return true;
    }

    @Override
    public Fd restore(FileRecord record, RestoreContext context) {
        return restored.take(record, context);
    }

    /** O_ASYNC a task must set by itself: the signals then name its descriptor. */
    @Override
    public void restoreDeferred(FileRecord record, Fd file, RestoreContext context) {
        if (!record.flags().has(OpenFlags.ASYNC)) {
            return;
        }
        for (Holder holder : record.holders()) {
            if (holder instanceof Holder.Descriptor descriptor) {
                try (RemoteCalls calls = context.remoteCalls(descriptor.task())) {
                    calls.call(SyscallNumber.FCNTL, descriptor.number(), F_SETFL, record.flags().bits());
                }
                return;
            }
        }
    }

    @Override
    public String describe(FileRecord record) {
        return SocketText.of(record, entry(record));
    }

    /** What {@code record} has of its own; throws {@link StasisException} when that cannot be read. */
    static unix_sk_entry entry(FileRecord record) {
        try {
            return unix_sk_entry.parseFrom(record.payload());
        } catch (InvalidProtocolBufferException e) {
            throw new StasisException(new Problem(UnixSocketsErrorCode.ENTRY_MALFORMED, "file entry " + record.id(), e.getMessage(),
                    "the image was not made by this version of the plugin"), e);
        }
    }
}
