package dev.stasis.plugins.unixsockets;

import dev.stasis.linux.Pid;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.proc.TaskStat;
import java.util.Optional;
import java.util.Set;

/** Says of one socket of a tree why it cannot be kept, if it cannot. */
final class Judgement {
    private static final int BOTH = 3;

    private final TreeSockets sockets;
    private final SeenSocket seen;

    Judgement(TreeSockets sockets, SeenSocket seen) {
        this.sockets = sockets;
        this.seen = seen;
    }

    /** Notes it with the socket. {@code pending} are the inodes of all whose connections were not accepted yet. */
    void make(Outsiders outsiders, Set<Integer> pending) {
        leadsOutside(outsiders);
        if (seen.known.isListening() && seen.known.waiting() > 0) {
            int waiting = seen.known.waiting();
            seen.refuse((waiting == 1 ? "a connection waits" : waiting + " connections wait") + " in it to be accepted",
                    "dump it when that is done");
        }
        if (pending.contains(seen.known.inode())) {
            seen.refuse("its connection was not accepted yet", "dump it when it is");
        }
        peers();
        identity();
        contents();
        if (seen.filter == null) {
            seen.refuse("a filter of eBPF is attached to it (SO_ATTACH_BPF), which cannot be read", "detach it");
        }
    }

    private void leadsOutside(Outsiders outsiders) {
        if (outsiders.have(seen.known.inode())) {
            seen.refuse(outsiders.holder(seen.known.inode()) + " holds it too, outside the tree", external());
        }
        if (seen.known.peer() > 0 && sockets.of(seen.known.peer()) == null) {
            seen.refuse("it is connected to a socket outside the tree, which " + outsiders.holder(seen.known.peer()) + " holds"
                    + (seen.peerName.length == 0 ? "" : ", at " + Names.text(seen.peerName)), external());
        }
    }

    private String external() {
        boolean again = seen.known.isDatagram() && seen.peer == null && seen.peerName.length > 0;
        return "dump with --external '" + seen.file.link() + "'" + (again ? "; the restore connects it to the same name again, unless it is given"
                : " and restore with") + " --inherit-fd 'fd[N]:" + seen.file.link() + "'";
    }

    private void peers() {
        KnownSocket known = seen.known;
        if (known.isDatagram()) {
            datagramPeers();
            return;
        }
        SeenSocket peer = sockets.of(known.peer());
        boolean connected = known.state() == KnownSocket.ESTABLISHED;
        if (connected && known.peer() == 0 && known.shutdown() != BOTH) {
            seen.refuse("its connection was not accepted yet", "dump it when it is");
        }
        if (connected && (known.peer() < 0 || seen.peer == null || peer != null && peer.known.peer() != known.inode())) {
            seen.refuse("the kernel does not tell what it is connected to", "");
        }
        if (peer != null && peer.peer != null && !peer.peer.equals(seen.peer) && known.name().length == 0
                && peer.known.name().length == 0) {
            seen.refuse("its ends were made by two processes, and neither has a name", "");
        }
        if ((seen.ready & UnixCalls.POLLERR) != 0 && known.peer() != 0) {
            seen.refuse("an error is still to be told to who reads or writes it", "dump it when the program has been told");
        }
    }

    private void datagramPeers() {
        SeenSocket peer = sockets.of(seen.known.peer());
        boolean mutual = peer != null && peer.known.peer() == seen.known.inode();
        if (seen.peer != null && !seen.hasClosedPeer() && !(mutual && seen.peer.equals(peer.peer))) {
            seen.refuse("it was an end of a pair, and is connected otherwise now", "");
        }
        if (peer != null && seen.peer == null && peer.known.name().length == 0) {
            seen.refuse("it is connected to a socket that has no name", "");
        }
        if (seen.hasClosedPeer() && seen.peer == null && seen.peerName.length == 0) {
            seen.refuse("it was connected to a socket that had no name and is closed", "");
        }
        if ((seen.ready & UnixCalls.POLLERR) != 0) {
            seen.refuse("an error is still to be told to who reads or writes it", "dump it when the program has been told");
        }
    }

    private void identity() {
        if (seen.peer == null) {
            return;
        }
        int pid = seen.peer.pid();
        if (pid == 0) {
            seen.refuse("the process that SO_PEERCRED tells of is in another pid namespace", "");
        } else if (!sockets.isOfTree(pid) && isZombie(pid)) {
            seen.refuse("SO_PEERCRED tells of process " + pid + ", which has ended and waits for its parent", "dump it when that has"
                    + " waited for it");
        } else if (!sockets.isOfTree(pid) && isAlive(pid)) {
            seen.refuse("SO_PEERCRED tells of process " + pid + " (" + Names.command(new Pid(pid)) + "), which is not in the tree: nobody else can make such a socket",
                    "dump the tree that it is in");
        }
    }

    /** Whether one look, that of a stream, shows all that waits. */
    private boolean isReadAtOnce() {
        return seen.known.type() == UnixCalls.STREAM
                && sockets.options().number(seen.options, UnixCalls.STREAM, SocketOptions.SO_PASSCRED) == 0
                && sockets.options().number(seen.options, UnixCalls.STREAM, SocketOptions.SO_PEEK_OFF) < 0;
    }

    private static boolean isZombie(int pid) {
        Optional<byte[]> stat = ProcFile.tryRead(new Pid(pid), "stat");
        return stat.isPresent() && TaskStat.parse(stat.get()).isZombie();
    }

    private static boolean isAlive(int pid) {
        return FileCalls.tryStatus(ProcFile.path(new Pid(pid), "")).isPresent();
    }

    private void contents() {
        if ((seen.ready & UnixCalls.POLLPRI) != 0) {
            seen.refuse("an out-of-band byte (MSG_OOB) waits in it", "dump it when that is read");
        }
        if (!seen.hasData()) {
            return;
        }
        if (sockets.options().number(seen.options, seen.known.type(), SocketOptions.SO_PASSPIDFD) != 0
                && sockets.options().number(seen.options, seen.known.type(), SocketOptions.SO_PASSCRED) == 0) {
            seen.refuse("with what waits in it a descriptor of the sender is handed out (SO_PASSPIDFD)", "dump it when that is read");
        }
        if ((seen.ready & UnixCalls.POLLERR) != 0 && !isReadAtOnce()) {
            seen.refuse("an error is still to be told to who reads it, and looking at what waits in it would take that", "dump it when that is read");
        }
        int descriptors = TreeSockets.descriptorsInFlight(seen);
        if (descriptors > 0) {
            seen.refuse(descriptors + (descriptors == 1 ? " descriptor (SCM_RIGHTS) is" : " descriptors (SCM_RIGHTS) are") + " on the way in what waits in it", "dump it when they are received");
        }
        if (sockets.options().tellsMore(seen.options, seen.known.type())) {
            seen.refuse("with what waits in it its time or its security label is told (SO_TIMESTAMP, SO_PASSSEC)",
                    "dump it when that is read");
        }
    }
}
