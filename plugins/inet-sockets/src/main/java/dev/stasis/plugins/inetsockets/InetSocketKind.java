package dev.stasis.plugins.inetsockets;

import dev.stasis.linux.Fd;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.AccessMode;
import dev.stasis.linux.fs.FileType;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.plugins.inetsockets.proto.inet_sk_entry;
import dev.stasis.spi.Claim;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.DumpContext;
import dev.stasis.spi.FdKind;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.FirstLookContext;
import dev.stasis.spi.ImageType;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.OpenFileId;
import dev.stasis.spi.Problem;
import dev.stasis.spi.RestoreContext;
import dev.stasis.spi.SharedOutside;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Sockets of TCP and UDP over IPv4 and IPv6. */
final class InetSocketKind implements FdKind {
    static final String NAME = "inet-socket";
    /** CRIU's INETSK and its field in a file entry. */
    private static final ImageType INETSK = new ImageType(4, 4);
    private static final String LINK = "socket:[";

    private final SocketCalls calls = new SocketCalls();
    private final Map<OpenFileId, SocketHead> heads = new HashMap<>();
    private final RestoredSockets restored = new RestoredSockets();
    private List<OpenFile> looked;
    private SocketReader reader;
    private Unkept unkept;
    private HeldSockets held;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public ImageType imageType() {
        return INETSK;
    }

    /** So that all of the code that reads sockets is loaded before the tree stands still. */
    @Override
    public boolean deservesFirstLook(UnixPath link, RemoteFd descriptor) {
        return link.startsWith(LINK);
    }

    /** Reads one of them, and throws away what it read. */
    @Override
    public void lookAhead(List<OpenFile> files, FirstLookContext context) {
        for (int i = 0; i < files.size(); i++) {
            SocketHead head = heads.get(files.get(i).id());
            if (head != null && !head.isConnection()) {
                try (Fd socket = held.fetch(files.get(i))) {
                    reader.read(files.get(i), socket, head).toByteArray();
                }
                return;
            }
        }
    }

    private void enter(ClaimContext context) {
        if (looked != context.files()) {
            looked = context.files();
            heads.clear();
            Interfaces interfaces = new Interfaces(calls);
            FreshSockets fresh = new FreshSockets(calls, interfaces);
            reader = new SocketReader(calls, fresh, interfaces);
            unkept = new Unkept(calls, reader, new SocketMaker(calls, fresh, interfaces));
            held = context.own(new HeldSockets());
        }
    }

    @Override
    public Claim claim(OpenFile file, ClaimContext context) {
        if (file.status().type() != FileType.SOCKET || !file.link().startsWith(LINK) || !file.hasDescriptor()
                || file.flags().accessMode() == AccessMode.PATH || UnixSockets.isOne(file)) {
            return Claim.none();
        }
        enter(context);
        try (Fd socket = held.fetch(file)) {
            return claim(file, socket, context);
        }
    }

    private Claim claim(OpenFile file, Fd socket, ClaimContext context) {
        SocketHead head = SocketHead.read(socket, calls);
        if (!head.isKept()) {
            return Claim.none();
        }
        heads.put(file.id(), head);
        Claim refusal = isExternal(file, context) ? null : unkept.find(file, socket, head, context);
        return refusal != null ? refusal : Claim.take(Claim.Fit.TYPE);
    }

    private static boolean isExternal(OpenFile file, ClaimContext context) {
        return context.options().isSet(InetSocketsPlugin.EXTERNAL)
                && context.options().values(InetSocketsPlugin.EXTERNAL).contains(file.link().toString());
    }

    @Override
    public List<Problem> sharedOutside(OpenFile file, List<RemoteFd> outside, ClaimContext context) {
        if (isExternal(file, context)) {
            return List.of();
        }
        return List.of(new Problem(InetErrorCode.SOCKET_SHARED_OUTSIDE, file.toString(), SharedOutside.text(outside),
                "dump with --external '" + file.link() + "' and restore with --inherit-fd 'fd[N]:" + file.link() + "'"));
    }

    @Override
    public byte[] dump(OpenFile file, DumpContext context) {
        SocketHead head = heads.get(file.id());
        if (isExternal(file, context)) {
            return reader.readBare(file, head).toBuilder().setExternal(true).build().toByteArray();
        }
        if (head.isConnection()) {
            return reader.readBare(file, head).toByteArray();
        }
        try (Fd socket = held.fetch(file)) {
            return reader.read(file, socket, head).toByteArray();
        }
    }

    @Override
    public List<Problem> plan(FileRecord record, RestoreContext context) {
        inet_sk_entry entry = SocketEntry.parse(record);
        if (entry.getExternal()) {
            return List.of(new Problem(InetErrorCode.SOCKET_NOT_REPLACED, record.holders().get(0) + " (" + record.link() + ")",
                    "a process outside of the tree had the same socket when it was dumped",
                    "restore with --inherit-fd 'fd[N]:" + record.link() + "'"));
        }
        restored.plan(record, context);
        return List.of();
    }

    @Override
    public Fd restore(FileRecord record, RestoreContext context) {
        return restored.take(record, context);
    }

    @Override
    public void restoreDeferred(FileRecord record, Fd file, RestoreContext context) {
        restored.finish(record, file, context);
        if (record.flags().has(OpenFlags.ASYNC)) {
            AsyncFlag.set(record, context);
        }
    }

    @Override
    public String describe(FileRecord record) {
        return SocketEntry.describe(SocketEntry.parse(record));
    }
}
