package dev.stasis.plugins.inetsockets;

import dev.stasis.linux.Fd;

/**
 * What a socket is and what stands in its queues, as far as can be asked without changing anything.
 *
 * @param family AF_INET, AF_INET6 or another
 * @param type SOCK_STREAM, SOCK_DGRAM or another
 * @param protocol IPPROTO_TCP, IPPROTO_UDP or another
 * @param state the state of TCP; {@link #CLOSE} for others
 * @param waiting connections that wait to be accepted, of a listener
 * @param backlog how many may wait, of a listener
 * @param received bytes of memory that received and unread data takes
 * @param sent bytes of memory that sent data takes which has not left yet
 * @param optionMemory bytes of memory that options take which do not fit into the socket
 * @param events what poll(2) says of errors and hang-ups
 */
record SocketHead(int family, int type, int protocol, int state, int waiting, int backlog, int received, int sent,
        int optionMemory, int events) {
    static final int SOCK_STREAM = 1;
    static final int SOCK_DGRAM = 2;
    static final int MPTCP = 262;
    static final int ESTABLISHED = 1;
    static final int CLOSE = 7;
    static final int LISTEN = 10;

    private static final int SO_TYPE = 3;
    private static final int SO_PROTOCOL = 38;
    private static final int SO_DOMAIN = 39;
    private static final int SO_MEMINFO = 55;
    private static final int MEMINFO_SIZE = 36;
    private static final int TCP_INFO = 11;
    private static final int TCP_INFO_SIZE = 32;
    private static final int POLLERR = 8;
    private static final int POLLHUP = 0x10;
    private static final int POLLRDHUP = 0x2000;
    private static final String[] STATES = {"", "ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT1", "FIN_WAIT2", "TIME_WAIT",
        "CLOSE", "CLOSE_WAIT", "LAST_ACK", "LISTEN", "CLOSING"};

    /** Asks {@code socket}; of one that is not of a protocol kept here only what it is. */
    static SocketHead read(Fd socket, SocketCalls calls) {
        int family = calls.number(socket, SocketCalls.SOL_SOCKET, SO_DOMAIN);
        int type = calls.number(socket, SocketCalls.SOL_SOCKET, SO_TYPE);
        int protocol = calls.number(socket, SocketCalls.SOL_SOCKET, SO_PROTOCOL);
        SocketHead bare = new SocketHead(family, type, protocol, CLOSE, 0, 0, 0, 0, 0, 0);
        return bare.isKept() ? bare.readRest(socket, calls) : bare;
    }

    private SocketHead readRest(Fd socket, SocketCalls calls) {
        int state = CLOSE;
        int waiting = 0;
        int backlog = 0;
        if (isTcp()) {
            calls.read(socket, SocketOptions.SOL_TCP, TCP_INFO, TCP_INFO_SIZE);
            state = calls.memory().getByte(SocketCalls.VALUE);
            waiting = calls.memory().getInt(SocketCalls.VALUE + 24);
            backlog = calls.memory().getInt(SocketCalls.VALUE + 28);
        }
        if (protocol == MPTCP && state == CLOSE && calls.peer(socket) != null) {
            state = ESTABLISHED; // What was asked is the first way that it took; others may be there.
        }
        int events = calls.poll(socket, POLLRDHUP);
        calls.read(socket, SocketCalls.SOL_SOCKET, SO_MEMINFO, MEMINFO_SIZE);
        return new SocketHead(family, type, protocol, state, waiting, backlog, calls.memory().getInt(SocketCalls.VALUE),
                calls.memory().getInt(SocketCalls.VALUE + 8), calls.memory().getInt(SocketCalls.VALUE + 24), events);
    }

    /** Whether it is of IPv4 or IPv6. */
    boolean isIp() {
        return family == Endpoint.IPV4 || family == Endpoint.IPV6;
    }

    /** Whether sockets of its protocol are kept. */
    boolean isKept() {
        return isIp() && (isTcp() || isUdp());
    }

    /** TCP or MPTCP. */
    boolean isTcp() {
        return type == SOCK_STREAM && (protocol == SocketOptions.SOL_TCP || protocol == MPTCP);
    }

    /** UDP or UDP-Lite. */
    boolean isUdp() {
        return type == SOCK_DGRAM && (protocol == SocketOptions.SOL_UDP || protocol == SocketOptions.SOL_UDPLITE);
    }

    boolean isListening() {
        return isTcp() && state == LISTEN;
    }

    /** Whether it is or was one end of a TCP connection. What never was one, or has been disconnected, is only closed. */
    boolean isConnection() {
        return isTcp() && state != LISTEN && (state != CLOSE || (events & POLLRDHUP) != 0);
    }

    /** Whether an error waits that the next call would return. */
    boolean hasError() {
        return (events & POLLERR) != 0;
    }

    /** What was shut down, as far as poll(2) tells: bit 0 for receiving, bit 1 for sending. */
    int shutDown() {
        return (events & POLLHUP) != 0 ? 3 : (events & POLLRDHUP) != 0 ? 1 : 0;
    }

    /** What it is called, such as {@code UDP}. */
    String protocolName() {
        return protocol == MPTCP ? "MPTCP" : isTcp() ? "TCP" : protocol == SocketOptions.SOL_UDPLITE ? "UDP-Lite" : "UDP";
    }

    /** The name of the state of TCP. */
    String stateName() {
        return state > 0 && state < STATES.length ? STATES[state] : "state " + state;
    }
}
