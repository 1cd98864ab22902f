package dev.stasis.plugins.inetsockets;

import dev.stasis.linux.Fd;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.plugins.inetsockets.proto.inet_sk_entry;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.OpenFileId;
import dev.stasis.spi.RestoreContext;
import java.util.HashMap;
import java.util.Map;

/**
 * The sockets of one image on their way back. They are made and bound while the restore is planned, so that all that is wrong with
 * them is told before any process exists; they listen when everything else stands, so that nobody is connected to what fails.
 */
final class RestoredSockets {
    private static final int SO_REUSEADDR = 2;

    private final SocketCalls calls = new SocketCalls();
    private final Map<OpenFileId, Fd> made = new HashMap<>();
    private RestoreContext restore;
    private Interfaces interfaces;
    private SocketMaker maker;
    private SharedPorts shared;
    private AddressProblems problems;

    private void enter(RestoreContext context) {
        if (restore == context) {
            return;
        }
        made.clear();
        restore = context;
        interfaces = new Interfaces(calls);
        maker = new SocketMaker(calls, new FreshSockets(calls, interfaces), interfaces);
        shared = SharedPorts.of(context.records());
        problems = new AddressProblems();
        // No method reference: the archive of loaded classes has none of a bundle.
        context.own(new AutoCloseable() {
            @Override
            public void close() {
                closeAll();
            }
        });
    }

    /**
     * Makes the socket of {@code record} unless that might take datagrams from others, who share the port with it: such as the tree
     * itself, when it runs still and the restore will be refused.
     */
    void plan(FileRecord record, RestoreContext context) {
        enter(context);
        inet_sk_entry entry = SocketEntry.parse(record);
        if (SocketEntry.isTcp(entry) || !shared.mayBeShared(entry)) {
            make(record, context);
        }
    }

    /** Makes the socket of {@code record} and gives it its address; it is there for {@link #take} then. */
    void make(FileRecord record, RestoreContext context) {
        enter(context);
        if (made.containsKey(record.id())) {
            return;
        }
        inet_sk_entry entry = SocketEntry.parse(record);
        String subject = SocketEntry.subject(record, entry);
        Fd socket = maker.make(entry, subject);
        boolean done = false;
        try {
            address(socket, entry, subject);
            maker.finish(socket, entry, subject);
            int flags = record.flags().without(OpenFlags.ASYNC).bits();
            if (flags != OpenFlags.RDWR.bits()) {
                calls.statusFlags(socket, flags);
            }
            made.put(record.id(), socket);
            done = true;
        } finally {
            if (!done) {
                socket.close();
            }
        }
    }

    private void address(Fd socket, inet_sk_entry entry, String subject) {
        Endpoint source = SocketEntry.source(entry, interfaces, subject);
        if (source.port() == 0 && source.isAny()) {
            calls.trySet(socket, SocketCalls.SOL_SOCKET, SO_REUSEADDR, entry.getOpts().getReuseaddr() ? 1 : 0);
        } else {
            boolean reuse = entry.getOpts().getReuseaddr() || shared.isShared(source, entry);
            calls.trySet(socket, SocketCalls.SOL_SOCKET, SO_REUSEADDR, reuse ? 1 : 0);
            problems.require(calls.tryBind(socket, source), "bind", source, entry, subject);
        }
        if (entry.getState() == SocketHead.ESTABLISHED) {
            Endpoint peer = SocketEntry.destination(entry, interfaces, subject);
            problems.require(calls.tryConnect(socket, peer), "connect", peer, entry, subject);
        }
        if (entry.getShutdown() != 0) {
            calls.shutDown(socket, entry.getShutdown() - 1);
        }
    }

    /** The socket of {@code record}, which the caller owns from now on. */
    Fd take(FileRecord record, RestoreContext context) {
        make(record, context);
        return made.remove(record.id());
    }

    /** Does the rest: {@code socket} listens if it did. */
    void finish(FileRecord record, Fd socket, RestoreContext context) {
        enter(context);
        inet_sk_entry entry = SocketEntry.parse(record);
        if (entry.getState() == SocketHead.LISTEN) {
            String subject = SocketEntry.subject(record, entry);
            Endpoint source = SocketEntry.source(entry, interfaces, subject);
            problems.require(calls.tryListen(socket, entry.getBacklog()), "listen", source, entry, subject);
            int backlog = SocketHead.read(socket, calls).backlog();
            if (backlog < Integer.toUnsignedLong(entry.getBacklog())) {
                context.log().warn(subject + ": only " + backlog + " connections may wait to be accepted, not "
                        + entry.getBacklog() + ": net.core.somaxconn is less than where it was dumped");
            }
        }
        if (!entry.getOpts().getReuseaddr()) {
            calls.trySet(socket, SocketCalls.SOL_SOCKET, SO_REUSEADDR, 0);
        }
    }

    private void closeAll() {
        for (Fd socket : made.values()) {
            socket.close();
        }
        made.clear();
    }
}
