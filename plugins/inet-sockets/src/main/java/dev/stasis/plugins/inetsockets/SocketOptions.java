package dev.stasis.plugins.inetsockets;

import dev.stasis.plugins.inetsockets.SocketOption.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * The options that sockets have of a family and protocol, in the order in which they are set: some change others. Left out are
 * those that only tell (SO_ERROR, TCP_INFO), and those that have a class of their own: SO_REUSEADDR, the buffers, the device,
 * filters, multicast groups.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/socket.7.html">socket(7)</a>
 */
final class SocketOptions {
    static final int SOL_IP = 0;
    static final int SOL_SOCKET = 1;
    static final int SOL_TCP = 6;
    static final int SOL_UDP = 17;
    static final int SOL_IPV6 = 41;
    static final int SOL_UDPLITE = 136;
    static final int IPV6_V6ONLY = 26;
    static final int SO_KEEPALIVE = 9;
    static final int SO_BROADCAST = 6;
    static final int SO_REUSEPORT = 15;
    static final int SO_RCVTIMEO = 20;
    static final int SO_SNDTIMEO = 21;
    static final int SO_TIMESTAMPING = 37;
    static final int SO_TIMESTAMPING_NEW = 65;
    static final int IP_FREEBIND = 15;
    static final int TCP_FASTOPEN = 23;
    static final int TCP_FASTOPEN_KEY = 33;
    static final int TCP_MAXSEG = 2;
    private static final int NUMBER = Integer.BYTES;
    private static final int TIME = 16;

    private final List<SocketOption> options = new ArrayList<>(112);

    private SocketOptions() {}

    /** All that a socket of {@code family} and {@code protocol} may have; older kernels lack some. */
    static List<SocketOption> of(int family, int protocol) {
        SocketOptions all = new SocketOptions();
        all.addIp();
        if (family == Endpoint.IPV6) {
            all.addIpv6();
        }
        all.addAny();
        if (protocol == SOL_TCP || protocol == SocketHead.MPTCP) {
            all.addTcp();
        } else {
            all.addUdp();
        }
        if (protocol == SOL_UDPLITE) {
            all.add(SOL_UDPLITE, 10, "UDPLITE_SEND_CSCOV").add(SOL_UDPLITE, 11, "UDPLITE_RECV_CSCOV");
        }
        return all.options;
    }

    private SocketOptions add(int level, int name, String label) {
        return add(level, name, NUMBER, label, Value.PLAIN);
    }

    private SocketOptions add(int level, int name, int size, String label, Value value) {
        options.add(new SocketOption(level, name, size, label, value));
        return this;
    }

    private void addIp() {
        add(SOL_IP, 1, "IP_TOS").add(SOL_IP, 2, NUMBER, "IP_TTL", Value.ADMINISTERED).add(SOL_IP, 6, "IP_RECVOPTS")
                .add(SOL_IP, 7, "IP_RETOPTS").add(SOL_IP, 8, "IP_PKTINFO")
                .add(SOL_IP, 10, NUMBER, "IP_MTU_DISCOVER", Value.ADMINISTERED).add(SOL_IP, 11, "IP_RECVERR")
                .add(SOL_IP, 12, "IP_RECVTTL").add(SOL_IP, 13, "IP_RECVTOS").add(SOL_IP, IP_FREEBIND, "IP_FREEBIND")
                .add(SOL_IP, 18, "IP_PASSSEC").add(SOL_IP, 19, "IP_TRANSPARENT").add(SOL_IP, 20, "IP_RECVORIGDSTADDR")
                .add(SOL_IP, 21, "IP_MINTTL").add(SOL_IP, 23, "IP_CHECKSUM").add(SOL_IP, 24, "IP_BIND_ADDRESS_NO_PORT")
                .add(SOL_IP, 25, "IP_RECVFRAGSIZE").add(SOL_IP, 26, "IP_RECVERR_RFC4884").add(SOL_IP, 32, "IP_MULTICAST_IF")
                .add(SOL_IP, 33, "IP_MULTICAST_TTL").add(SOL_IP, 34, "IP_MULTICAST_LOOP").add(SOL_IP, 49, "IP_MULTICAST_ALL")
                .add(SOL_IP, 50, NUMBER, "IP_UNICAST_IF", Value.INTERFACE_IN_NETWORK_ORDER)
                .add(SOL_IP, 51, "IP_LOCAL_PORT_RANGE");
    }

    private void addIpv6() {
        add(SOL_IPV6, IPV6_V6ONLY, NUMBER, "IPV6_V6ONLY", Value.ADMINISTERED);
        add(SOL_IPV6, 2, "IPV6_2292PKTINFO").add(SOL_IPV6, 3, "IPV6_2292HOPOPTS").add(SOL_IPV6, 4, "IPV6_2292DSTOPTS")
                .add(SOL_IPV6, 5, "IPV6_2292RTHDR").add(SOL_IPV6, 8, "IPV6_2292HOPLIMIT").add(SOL_IPV6, 11, "IPV6_FLOWINFO")
                .add(SOL_IPV6, 16, NUMBER, "IPV6_UNICAST_HOPS", Value.ADMINISTERED)
                .add(SOL_IPV6, 17, NUMBER, "IPV6_MULTICAST_IF", Value.INTERFACE).add(SOL_IPV6, 18, "IPV6_MULTICAST_HOPS")
                .add(SOL_IPV6, 19, "IPV6_MULTICAST_LOOP").add(SOL_IPV6, 23, NUMBER, "IPV6_MTU_DISCOVER", Value.ADMINISTERED)
                .add(SOL_IPV6, 25, "IPV6_RECVERR").add(SOL_IPV6, 29, "IPV6_MULTICAST_ALL")
                .add(SOL_IPV6, 30, "IPV6_ROUTER_ALERT_ISOLATE").add(SOL_IPV6, 31, "IPV6_RECVERR_RFC4884").add(SOL_IPV6, 33, "IPV6_FLOWINFO_SEND");
        add(SOL_IPV6, 49, "IPV6_RECVPKTINFO").add(SOL_IPV6, 51, "IPV6_RECVHOPLIMIT").add(SOL_IPV6, 53, "IPV6_RECVHOPOPTS")
                .add(SOL_IPV6, 56, "IPV6_RECVRTHDR").add(SOL_IPV6, 58, "IPV6_RECVDSTOPTS").add(SOL_IPV6, 60, "IPV6_RECVPATHMTU")
                .add(SOL_IPV6, 62, "IPV6_DONTFRAG").add(SOL_IPV6, 66, "IPV6_RECVTCLASS").add(SOL_IPV6, 67, "IPV6_TCLASS")
                .add(SOL_IPV6, 70, "IPV6_AUTOFLOWLABEL").add(SOL_IPV6, 72, "IPV6_ADDR_PREFERENCES")
                .add(SOL_IPV6, 73, "IPV6_MINHOPCOUNT").add(SOL_IPV6, 74, "IPV6_RECVORIGDSTADDR")
                .add(SOL_IPV6, 75, "IPV6_TRANSPARENT").add(SOL_IPV6, 76, NUMBER, "IPV6_UNICAST_IF", Value.INTERFACE_IN_NETWORK_ORDER)
                .add(SOL_IPV6, 77, "IPV6_RECVFRAGSIZE").add(SOL_IPV6, 78, "IPV6_FREEBIND");
    }

    /** After those of IP: IP_TOS sets SO_PRIORITY as well. */
    private void addAny() {
        add(SOL_SOCKET, SO_REUSEPORT, "SO_REUSEPORT").add(SOL_SOCKET, 1, "SO_DEBUG").add(SOL_SOCKET, 5, "SO_DONTROUTE")
                .add(SOL_SOCKET, SO_BROADCAST, "SO_BROADCAST").add(SOL_SOCKET, SO_KEEPALIVE, "SO_KEEPALIVE")
                .add(SOL_SOCKET, 10, "SO_OOBINLINE").add(SOL_SOCKET, 11, "SO_NO_CHECK").add(SOL_SOCKET, 12, "SO_PRIORITY")
                .add(SOL_SOCKET, 13, 2 * NUMBER, "SO_LINGER", Value.PLAIN).add(SOL_SOCKET, 18, "SO_RCVLOWAT")
                .add(SOL_SOCKET, SO_RCVTIMEO, TIME, "SO_RCVTIMEO", Value.PLAIN)
                .add(SOL_SOCKET, SO_SNDTIMEO, TIME, "SO_SNDTIMEO", Value.PLAIN);
        add(SOL_SOCKET, 29, "SO_TIMESTAMP").add(SOL_SOCKET, 35, "SO_TIMESTAMPNS").add(SOL_SOCKET, 63, "SO_TIMESTAMP_NEW")
                .add(SOL_SOCKET, 64, "SO_TIMESTAMPNS_NEW")
                .add(SOL_SOCKET, SO_TIMESTAMPING, 2 * NUMBER, "SO_TIMESTAMPING", Value.PLAIN)
                .add(SOL_SOCKET, SO_TIMESTAMPING_NEW, 2 * NUMBER, "SO_TIMESTAMPING_NEW", Value.PLAIN);
        add(SOL_SOCKET, 36, "SO_MARK").add(SOL_SOCKET, 40, "SO_RXQ_OVFL").add(SOL_SOCKET, 41, "SO_WIFI_STATUS")
                .add(SOL_SOCKET, 42, "SO_PEEK_OFF").add(SOL_SOCKET, 43, "SO_NOFCS").add(SOL_SOCKET, 45, "SO_SELECT_ERR_QUEUE")
                .add(SOL_SOCKET, 46, NUMBER, "SO_BUSY_POLL", Value.ADMINISTERED)
                .add(SOL_SOCKET, 47, 2 * NUMBER, "SO_MAX_PACING_RATE", Value.PLAIN).add(SOL_SOCKET, 49, "SO_INCOMING_CPU")
                .add(SOL_SOCKET, 60, "SO_ZEROCOPY").add(SOL_SOCKET, 61, 2 * NUMBER, "SO_TXTIME", Value.PLAIN)
                .add(SOL_SOCKET, 69, "SO_PREFER_BUSY_POLL").add(SOL_SOCKET, 73, "SO_RESERVE_MEM")
                .add(SOL_SOCKET, 74, "SO_TXREHASH").add(SOL_SOCKET, 75, "SO_RCVMARK").add(SOL_SOCKET, 82, "SO_RCVPRIORITY");
    }

    private void addTcp() {
        add(SOL_TCP, 1, "TCP_NODELAY").add(SOL_TCP, TCP_MAXSEG, "TCP_MAXSEG").add(SOL_TCP, 3, "TCP_CORK")
                .add(SOL_TCP, 4, NUMBER, "TCP_KEEPIDLE", Value.ADMINISTERED)
                .add(SOL_TCP, 5, NUMBER, "TCP_KEEPINTVL", Value.ADMINISTERED)
                .add(SOL_TCP, 6, NUMBER, "TCP_KEEPCNT", Value.ADMINISTERED)
                .add(SOL_TCP, 7, NUMBER, "TCP_SYNCNT", Value.ADMINISTERED)
                .add(SOL_TCP, 8, NUMBER, "TCP_LINGER2", Value.ADMINISTERED)
                .add(SOL_TCP, 9, "TCP_DEFER_ACCEPT").add(SOL_TCP, 10, "TCP_WINDOW_CLAMP").add(SOL_TCP, 12, "TCP_QUICKACK")
                .add(SOL_TCP, 13, SocketOption.SIZE_MAX, "TCP_CONGESTION", Value.ADMINISTERED);
        add(SOL_TCP, 16, "TCP_THIN_LINEAR_TIMEOUTS").add(SOL_TCP, 17, "TCP_THIN_DUPACK").add(SOL_TCP, 18, "TCP_USER_TIMEOUT")
                .add(SOL_TCP, TCP_FASTOPEN, "TCP_FASTOPEN").add(SOL_TCP, 25, "TCP_NOTSENT_LOWAT").add(SOL_TCP, 27, "TCP_SAVE_SYN")
                .add(SOL_TCP, 30, "TCP_FASTOPEN_CONNECT").add(SOL_TCP, 34, "TCP_FASTOPEN_NO_COOKIE").add(SOL_TCP, 36, "TCP_INQ")
                .add(SOL_TCP, 37, "TCP_TX_DELAY").add(SOL_TCP, 44, NUMBER, "TCP_RTO_MAX_MS", Value.ADMINISTERED)
                .add(SOL_TCP, 45, NUMBER, "TCP_RTO_MIN_US", Value.ADMINISTERED)
                .add(SOL_TCP, 46, NUMBER, "TCP_DELACK_MAX_US", Value.ADMINISTERED);
    }

    private void addUdp() {
        add(SOL_UDP, 1, "UDP_CORK").add(SOL_UDP, 101, "UDP_NO_CHECK6_TX").add(SOL_UDP, 102, "UDP_NO_CHECK6_RX")
                .add(SOL_UDP, 103, "UDP_SEGMENT").add(SOL_UDP, 104, "UDP_GRO");
    }
}
