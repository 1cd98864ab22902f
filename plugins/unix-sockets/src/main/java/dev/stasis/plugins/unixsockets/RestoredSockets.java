package dev.stasis.plugins.unixsockets;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.InodeCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.plugins.unixsockets.proto.file_perms_entry;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.OpenFileId;
import dev.stasis.spi.Problem;
import dev.stasis.spi.RestoreContext;
import dev.stasis.spi.StasisException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The sockets of one image. All are made when the first one is wanted, since they are connected to each other. */
final class RestoredSockets {
    private final UnixCalls calls = new UnixCalls();
    private final SocketOptions options = new SocketOptions(calls);
    private final RealPlaces places = new RealPlaces(calls);
    private final Map<OpenFileId, MadeSocket> made = new LinkedHashMap<>();
    private final SocketPlan plan = new SocketPlan(calls, places);
    /** Whose files are to go again if the restore fails. */
    private final List<MadeSocket> newFiles = new ArrayList<>();
    private RestoreContext restore;
    private boolean done;

    private void enter(RestoreContext context) {
        if (restore == context) {
            return;
        }
        restore = context;
        done = false;
        made.clear();
        plan.begin();
        newFiles.clear();
        // No method reference: the archive of loaded classes has none of a bundle.
        context.own(new AutoCloseable() {
            @Override
            public void close() {
                closeAll();
            }
        });
    }

    /** What would keep the socket of {@code record} from being made. */
    List<Problem> plan(FileRecord record, RestoreContext context) {
        enter(context);
        return plan.problems(new MadeSocket(record, UnixSocketKind.entry(record)));
    }

    /** Gives {@code socket}, for that of {@code made}, the abstract name {@code name}. */
    static void bindAbstract(Fd socket, byte[] name, MadeSocket made, UnixCalls calls) {
        long result = calls.tryBind(socket, name);
        if (UnixCalls.is(result, SocketPlan.EADDRINUSE)) {
            throw new StasisException(SocketPlan.nameTaken(made));
        }
        if (result < 0) {
            throw new KernelException("bind", Names.text(name), new Errno((int) -result));
        }
    }

    /** The socket of {@code record}; the caller owns it. */
    Fd take(FileRecord record, RestoreContext context) {
        enter(context);
        if (!done) {
            done = true;
            collect(context);
            makeAll(context);
        }
        MadeSocket socket = made.get(record.id());
        Fd fd = socket.fd;
        socket.fd = null;
        return fd;
    }

    private void collect(RestoreContext context) {
        Map<Integer, MadeSocket> byInode = new HashMap<>();
        for (FileRecord record : context.records()) {
            if (record.kind().equals(UnixSocketKind.NAME) && context.restored(record.id()).isEmpty()) {
                MadeSocket socket = new MadeSocket(record, UnixSocketKind.entry(record));
                made.put(record.id(), socket);
                byInode.put(socket.entry.getIno(), socket);
            }
        }
        for (MadeSocket socket : made.values()) {
            int peer = socket.entry.getPeer();
            socket.other = peer == 0 ? null : byInode.get(peer);
            if (peer != 0 && socket.other == null && !socket.isConnectedAgain()) {
                throw new StasisException(new Problem(UnixSocketsErrorCode.PEER_MISSING, socket.toString(), "its other end, "
                        + Outsiders.link(peer) + ", is replaced by another descriptor", "replace both ends, or neither"));
            }
        }
    }

    private void makeAll(RestoreContext context) {
        Callers callers = new Callers(context);
        for (MadeSocket socket : made.values()) {
            if (socket.entry.getPeerCredentials().getEnded()) {
                callers.hasEnded(socket.peer.pid());
            }
        }
        try (ScratchNames scratch = new ScratchNames(); Fd file = QueueFile.open(context.image());
                Senders senders = new Senders(made.values(), calls, scratch)) {
            Connections connections = new Connections(calls, callers, scratch);
            Set<MadeSocket> seen = new HashSet<>();
            for (MadeSocket socket : made.values()) {
                if (socket.isConnection() && seen.add(socket)) {
                    seen.add(socket.other);
                    connections.add(socket);
                }
            }
            connections.make();
            senders.connectToClosed();
            Queues queues = new Queues(QueueFile.index(file), new Filling(file, calls, callers), senders);
            for (MadeSocket socket : made.values()) {
                if (!senders.haveNameOf(socket)) {
                    bind(socket, scratch);
                }
            }
            queues.fillFromGone(made.values());
            senders.closeOwn();
            for (MadeSocket socket : made.values()) {
                if (socket.fd == null || socket.name.length > 0 && socket.isDatagram() && socket.reach == null) {
                    bind(socket, scratch);
                }
            }
            listen(callers);
            queues.fillUnconnected(made.values());
            senders.connect();
            queues.fillConnected(made.values());
            finish();
        }
    }

    /** Makes {@code socket} if it is not there yet, and gives it the name it had, unless it has it from one that listened. */
    private void bind(MadeSocket socket, ScratchNames scratch) {
        if (socket.fd == null) {
            socket.fd = calls.socket(socket.type());
        }
        permissions(socket);
        if (socket.name.length == 0 || socket.entry.getAccepted()) {
            return;
        }
        if (!socket.isInFileSystem()) {
            bindAbstract(socket.fd, socket.name, socket, calls);
            socket.reach = UnixCalls.address(socket.name);
        } else if (socket.entry.hasPlace()) {
            bindToPlace(socket);
        } else {
            int number = scratch.bind(socket.fd, socket.name);
            socket.reach = ScratchNames.address(scratch.directory().number(), number);
        }
    }

    /** Of the socket's own inode, as fstat(2) tells; that of a file that it is bound to is another one. */
    private static void permissions(MadeSocket socket) {
        file_perms_entry wanted = socket.entry.getFilePerms();
        FileStatus status = FileCalls.status(socket.fd);
        if (status.uid() != wanted.getUid() || status.gid() != wanted.getGid()) {
            InodeCalls.owner(socket.fd, wanted.getUid(), wanted.getGid());
        }
        if (status.permissions() != wanted.getMode()) {
            InodeCalls.permissions(socket.fd, wanted.getMode());
        }
    }

    private void bindToPlace(MadeSocket socket) {
        UnixPath path = RealPlaces.path(socket.entry.getPlace());
        Optional<String> obstacle = places.obstacle(socket.entry.getPlace());
        if (obstacle.isPresent()) {
            throw new StasisException(new Problem(UnixSocketsErrorCode.PLACE_MISSING, socket.toString(), "it was bound to " + path
                    + ", and " + obstacle.get(), ""));
        }
        boolean left = FileCalls.tryLinkStatus(path).isPresent();
        places.bind(socket.fd, socket.name, socket.entry.getPlace());
        if (!left) {
            newFiles.add(socket);
        }
        Fd parent = restore.own(FileCalls.open(path.parent(), OpenFlags.PATH.with(OpenFlags.DIRECTORY), 0));
        socket.reach = RealPlaces.address(parent, path);
    }

    private void listen(Callers callers) {
        for (MadeSocket socket : made.values()) {
            if (socket.entry.getState() == KnownSocket.LISTEN) {
                try (PeerCalls caller = callers.of(socket.peer)) {
                    caller.listen(socket.fd, socket.entry.getBacklog());
                } catch (KernelException e) {
                    throw Callers.failed(socket, e);
                }
            }
        }
    }

    /** What would stand in the way of filling comes last. */
    private void finish() {
        for (MadeSocket socket : made.values()) {
            if (socket.standIn != null) {
                if (socket.entry.getReset()) {
                    FileCalls.write(socket.fd, new byte[1]); // something unread resets the connection when it is closed
                }
                socket.standIn.close();
                socket.standIn = null;
            }
        }
        for (MadeSocket socket : made.values()) {
            if (socket.entry.hasShutdown() && socket.entry.getShutdown().getNumber() != 0) {
                calls.shutdown(socket.fd, socket.entry.getShutdown().getNumber());
            }
            options.set(socket.fd, socket.entry);
            FileCalls.flags(socket.fd, socket.record.flags().without(OpenFlags.ASYNC));
        }
    }

    /** Closes what nobody has taken. */
    private void closeAll() {
        for (MadeSocket socket : made.values()) {
            close(socket.fd);
            close(socket.standIn);
            socket.fd = null;
            socket.standIn = null;
        }
        made.clear();
        for (MadeSocket socket : newFiles) {
            RealPlaces.remove(socket.entry.getPlace());
        }
        newFiles.clear();
    }

    /** The tree runs: the files that its sockets are bound to stay. */
    void keepFiles() {
        newFiles.clear();
    }

    private static void close(Fd fd) {
        if (fd != null) {
            fd.close();
        }
    }
}
