package dev.stasis.plugins.unixsockets;

import com.google.protobuf.ByteString;
import dev.stasis.linux.Fd;
import dev.stasis.plugins.unixsockets.proto.file_perms_entry;
import dev.stasis.plugins.unixsockets.proto.fown_entry;
import dev.stasis.plugins.unixsockets.proto.peer_entry;
import dev.stasis.plugins.unixsockets.proto.sk_shutdown;
import dev.stasis.plugins.unixsockets.proto.unix_sk_entry;
import dev.stasis.spi.DumpContext;
import dev.stasis.spi.FileOwner;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.util.Arrays;
import java.util.List;

/** Writes the sockets of a tree. */
final class DumpedSockets {
    private static final byte[] NOTHING = {};

    private final TreeSockets tree;
    private DumpContext dump;

    DumpedSockets(TreeSockets tree) {
        this.tree = tree;
    }

    /** The entry of {@code file}; what waits in all sockets is written at the first call of a dump. */
    byte[] dump(OpenFile file, DumpContext context) {
        SeenSocket seen = tree.find(file, context);
        if (dump != context) {
            dump = context;
            writeQueues(context);
        }
        return entry(seen).toByteArray();
    }

    private void writeQueues(DumpContext context) {
        try (Fd file = context.image().create(QueueFile.NAME); QueueReader reader = new QueueReader();
                Descriptors descriptors = new Descriptors()) {
            QueueWriter writer = new QueueWriter(file);
            for (OpenFile one : context.files()) {
                SeenSocket seen = TreeSockets.isSocket(one) ? tree.find(one, context) : null;
                if (seen != null && !seen.external && seen.hasData()) {
                    try (Fd socket = descriptors.fetch(one)) {
                        write(seen, reader.read(seen, socket, tree.options()), writer);
                    }
                }
            }
            writer.flush();
        }
    }

    private void write(SeenSocket seen, List<QueueReader.Packet> packets, QueueWriter writer) {
        SeenSocket peer = tree.of(seen.known.peer());
        byte[] usual = peer != null ? peer.known.name() : seen.peerName;
        for (QueueReader.Packet packet : packets) {
            Credentials credentials = packet.credentials();
            if (credentials != null && !tree.isOfTree(credentials.pid())) {
                throw new StasisException(new Problem(UnixSocketsErrorCode.CONTENTS_NOT_READABLE, seen.file.toString(),
                        "with what waits in it process " + credentials.pid() + " is told as the sender (SO_PASSCRED), which is not in the tree",
                        "dump it when that is read"));
            }
            if (seen.known.isDatagram() && seen.hasClosedPeer() && !Arrays.equals(packet.sender(), usual)) {
                throw new StasisException(new Problem(UnixSocketsErrorCode.CONTENTS_NOT_READABLE, seen.file.toString(),
                        "what waits in it came from others than the socket that it was connected to then, which is closed",
                        "dump it when that is read"));
            }
            boolean told = seen.known.isDatagram() && !Arrays.equals(packet.sender(), usual) || seen.known.peer() < 0;
            writer.add(seen.file.id().number(), packet.bytes(), told ? packet.sender() : null, credentials);
        }
    }

    private unix_sk_entry entry(SeenSocket seen) {
        KnownSocket known = seen.known;
        unix_sk_entry.Builder entry = unix_sk_entry.newBuilder()
                .setId(seen.file.id().number())
                .setIno(known.inode())
                .setType(known.type())
                .setState(known.state())
                .setFlags(seen.file.flags().bits())
                .setUflags(0)
                .setBacklog(known.isListening() ? known.backlog() : 0)
                .setPeer(Math.max(0, known.peer()))
                .setFown(owner(seen.file.owner()))
                .setName(ByteString.copyFrom(known.name()));
        if (known.shutdown() != 0) {
            entry.setShutdown(sk_shutdown.forNumber(known.shutdown()));
        }
        entry.setFilePerms(file_perms_entry.newBuilder().setMode(seen.file.status().permissions()).setUid(seen.file.status().uid())
                .setGid(seen.file.status().gid()));
        tree.options().write(seen.options, known.type(), seen.filter == null ? new long[0] : seen.filter, entry);
        if (seen.external) {
            entry.setExternal(true);
        }
        connection(seen, entry);
        return entry.build();
    }

    private void connection(SeenSocket seen, unix_sk_entry.Builder entry) {
        if (seen.peer != null) {
            peer_entry.Builder peer = seen.peer.entry();
            entry.setPeerCredentials(tree.isOfTree(seen.peer.pid()) ? peer : peer.setEnded(true));
        }
        if (seen.hasClosedPeer()) {
            entry.setPeerClosed(true).setReset((seen.ready & UnixCalls.POLLERR) != 0);
        }
        if (seen.known.peer() >= 0 && tree.of(seen.known.peer()) == null) {
            entry.setPeerName(ByteString.copyFrom(seen.peerName));
        }
        if (seen.place != null && !seen.place.deleted()) {
            entry.setPlace(seen.place.entry());
        }
        if (seen.known.state() == KnownSocket.ESTABLISHED && !seen.known.isDatagram() && isAccepted(seen)) {
            entry.setAccepted(true);
        }
    }

    /**
     * Whether accept made it: it has a name then. Where both ends have one it is the one that has the name of a socket that listens;
     * if none does, the one that came into being later.
     */
    private boolean isAccepted(SeenSocket seen) {
        SeenSocket peer = tree.of(seen.known.peer());
        byte[] name = seen.known.name();
        byte[] other = peer != null ? peer.known.name() : seen.known.peer() >= 0 ? seen.peerName : NOTHING;
        if (name.length == 0 || other.length == 0) {
            return name.length > 0;
        }
        if (tree.isListeningAt(name) != tree.isListeningAt(other)) {
            return tree.isListeningAt(name);
        }
        return peer == null || Integer.compareUnsigned(seen.known.inode(), peer.known.inode()) > 0;
    }

    private static fown_entry owner(FileOwner owner) {
        return fown_entry.newBuilder().setUid(owner.uid()).setEuid(owner.effectiveUid()).setSignum(owner.signal())
                .setPidType(owner.type()).setPid(owner.id()).build();
    }
}
