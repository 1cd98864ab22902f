package dev.stasis.plugins.inetsockets;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.plugins.inetsockets.proto.inet_sk_entry;
import dev.stasis.spi.Claim;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.StasisException;

/** What of a socket cannot be kept, in words. Looks only. */
final class Unkept {
    private static final int SO_GET_FILTER = 26;
    private static final int SO_NETNS_COOKIE = 71;
    private static final int UDP_ENCAP = 100;
    private static final int TCP_REPAIR = 19;
    private static final int TIMESTAMPING_OPT_ID = 1 << 7;
    private static final int SOURCE = 10 * 16;
    private static final String CLOSE_IT = "close it before the dump";

    private final SocketCalls calls;
    private final SocketReader reader;
    private final SocketMaker maker;
    private final HalfOpen halfOpen = new HalfOpen();
    private long cookie = -1;

    Unkept(SocketCalls calls, SocketReader reader, SocketMaker maker) {
        this.calls = calls;
        this.reader = reader;
        this.maker = maker;
    }

    /** A refusal, or null when all of {@code socket} can be kept. */
    Claim find(OpenFile file, Fd socket, SocketHead head, ClaimContext context) {
        if (cookie(socket) != ownCookie(head)) {
            return refuse(head, socket, "it belongs to another network namespace than this one",
                    "run stasis in the namespace that the tree runs in (nsenter --net)");
        }
        if (head.isConnection()) {
            return context.options().isSet(InetSocketsPlugin.TCP_CLOSE) ? null : connection(head, socket);
        }
        Claim inFlight = context.options().isSet(InetSocketsPlugin.SKIP_IN_FLIGHT) ? null : inFlight(head, socket);
        return inFlight != null ? inFlight : options(file, socket, head);
    }

    private Claim connection(SocketHead head, Fd socket) {
        return refuse(head, socket, head.state() == SocketHead.CLOSE ? "it is a connection that has ended and is not closed yet"
                : "it is a connection in state " + head.stateName(),
                CLOSE_IT + ", or dump with --" + InetSocketsPlugin.TCP_CLOSE + ": then it comes back closed");
    }

    private Claim inFlight(SocketHead head, Fd socket) {
        String what = null;
        if (head.waiting() > 0) {
            what = head.waiting() + (head.waiting() == 1 ? " connection waits" : " connections wait") + " to be accepted";
        } else if (head.isListening() && halfOpen.exist(socket, calls)) {
            what = "connections have begun that wait for data to be accepted (TCP_DEFER_ACCEPT)";
        } else if (head.received() > 0) {
            what = "datagrams wait to be read (" + head.received() + " bytes of memory)";
        } else if (head.hasError()) {
            what = "an error of something that it sent waits to be read";
        } else if (head.sent() > 0) {
            what = "data that it sent has not left yet (UDP_CORK, MSG_MORE, or a busy device)";
        }
        return what == null ? null : refuse(head, socket, what, "let the program take it, or dump with --"
                + InetSocketsPlugin.SKIP_IN_FLIGHT + ": then it is lost");
    }

    private Claim options(OpenFile file, Fd socket, SocketHead head) {
        if (head.isUdp() && calls.number(socket, SocketOptions.SOL_UDP, UDP_ENCAP) != 0) {
            return refuse(head, socket, "it is the end of a tunnel of the kernel (UDP_ENCAP)", CLOSE_IT);
        }
        if (head.isTcp() && calls.number(socket, SocketOptions.SOL_TCP, TCP_REPAIR, 0) != 0) {
            return refuse(head, socket, "somebody is repairing it (TCP_REPAIR)", CLOSE_IT);
        }
        int stamps = calls.number(socket, SocketCalls.SOL_SOCKET, SocketOptions.SO_TIMESTAMPING, 0);
        if ((stamps & TIMESTAMPING_OPT_ID) != 0) {
            return refuse(head, socket, "it numbers time stamps (SOF_TIMESTAMPING_OPT_ID), and nothing tells how far it is", CLOSE_IT);
        }
        return head.optionMemory() == 0 ? null : optionMemory(file, socket, head);
    }

    /** What takes memory besides the socket's own is told by no single call; whether all of it was found, a twin shows. */
    private Claim optionMemory(OpenFile file, Fd socket, SocketHead head) {
        int filter = calls.tryRead(socket, SocketCalls.SOL_SOCKET, SO_GET_FILTER, 0);
        if (filter == -Errno.EACCES.number()) {
            return refuse(head, socket, "a BPF program filters what it receives (SO_ATTACH_BPF)", "use a classic filter, or " + CLOSE_IT);
        }
        inet_sk_entry entry = reader.read(file, socket, head);
        try (Fd twin = maker.make(entry.toBuilder().setState(SocketHead.CLOSE).build(), file.toString())) {
            int missing = head.optionMemory() - SocketHead.read(twin, calls).optionMemory();
            return missing == 0 || entry.getMembershipsCount() > 0 && Math.abs(missing) <= slack(entry) ? null
                    : refuse(head, socket, "it has options that the kernel does not tell (such as TCP_MD5SIG, IPV6_JOIN_ANYCAST or"
                            + " IPV6_FLOWLABEL_MGR, or what a BPF program keeps with it)", CLOSE_IT);
        } catch (StasisException e) {
            return refuse(head, socket, e.problems().get(0).reason(), CLOSE_IT);
        }
    }

    /** Lists of sources have room for more of them, how much depends on what there was before. */
    private static int slack(inet_sk_entry entry) {
        int lists = 0;
        for (int i = 0; i < entry.getMembershipsCount(); i++) {
            lists += entry.getMemberships(i).getSourcesCount() > 0 ? 1 : 0;
        }
        return lists * SOURCE;
    }

    private Claim refuse(SocketHead head, Fd socket, String why, String help) {
        Endpoint name = calls.name(socket);
        Endpoint peer = calls.peer(socket);
        String what = head.protocolName() + " " + (name.port() == 0 ? "without an address" : name.toString())
                + (peer == null ? "" : " to " + peer);
        return Claim.refuse(Claim.Fit.TYPE, what + ": " + why, help);
    }

    private long cookie(Fd socket) {
        calls.read(socket, SocketCalls.SOL_SOCKET, SO_NETNS_COOKIE, Long.BYTES);
        return calls.memory().getLong(SocketCalls.VALUE);
    }

    private long ownCookie(SocketHead head) {
        if (cookie < 0) {
            try (Fd own = calls.create(head.family(), head.type(), head.protocol())) {
                cookie = cookie(own);
            }
        }
        return cookie;
    }
}
