package dev.stasis.plugins.inetsockets;

import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.SystemCalls;
import java.util.HashMap;
import java.util.Map;

/**
 * What of UDP sockets only sock_diag tells: which directions are shut down. All of this network namespace are asked for at once, at
 * the first question.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/sock_diag.7.html">sock_diag(7)</a>
 */
final class SocketDiagnosis {
    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW = 3;
    private static final int NETLINK_SOCK_DIAG = 4;
    private static final int SOCK_DIAG_BY_FAMILY = 20;
    private static final int REQUEST_AND_DUMP = 0x301;
    private static final int NLMSG_DONE = 3;
    private static final int NLMSG_ERROR = 2;
    private static final int HEAD = 16;
    private static final int REQUEST = 56;
    private static final int MESSAGE = 72;
    private static final int INODE = 68;
    private static final int ATTRIBUTE = 4;
    private static final int INET_DIAG_SHUTDOWN = 8;
    private static final int ROOM = 1 << 15;

    private final NativeMemory memory = NativeMemory.allocate(ROOM);
    private final Map<Integer, Integer> shutDown = new HashMap<>();
    private boolean asked;

    /** Which directions of the UDP socket {@code inode} are shut down, bit 0 for receiving, bit 1 for sending. */
    int shutDown(long inode, SocketCalls calls) {
        if (!asked) {
            asked = true;
            try (Fd netlink = calls.create(AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG)) {
                ask(netlink, Endpoint.IPV4, SocketOptions.SOL_UDP);
                ask(netlink, Endpoint.IPV6, SocketOptions.SOL_UDP);
                ask(netlink, Endpoint.IPV4, SocketOptions.SOL_UDPLITE);
                ask(netlink, Endpoint.IPV6, SocketOptions.SOL_UDPLITE);
            }
        }
        Integer known = shutDown.get((int) inode);
        return known == null ? 0 : known;
    }

    private void ask(Fd netlink, int family, int protocol) {
        memory.clear(0, HEAD + REQUEST);
        memory.putInt(0, HEAD + REQUEST).putInt(4, SOCK_DIAG_BY_FAMILY | REQUEST_AND_DUMP << Short.SIZE)
                .putByte(HEAD, (byte) family).putByte(HEAD + 1, (byte) protocol).putInt(HEAD + 4, -1);
        SystemCalls.call("sendto", netlink, SyscallNumber.SENDTO, netlink.number(), memory.address(), HEAD + REQUEST, 0, 0, 0);
        boolean more = true;
        while (more) {
            int length = (int) SystemCalls.call("recvfrom", netlink, SyscallNumber.RECVFROM, netlink.number(), memory.address(),
                    ROOM, 0, 0, 0);
            more = length > 0 && read(length);
        }
    }

    /** Whether more comes. */
    private boolean read(int length) {
        int at = 0;
        while (at + HEAD <= length) {
            int size = memory.getInt(at);
            int type = memory.getShort(at + 4);
            // Kernels without udp_diag say ENOENT.
            if (type == NLMSG_DONE || type == NLMSG_ERROR || size < HEAD) {
                return false;
            }
            readSocket(at + HEAD, at + size);
            at += aligned(size);
        }
        return true;
    }

    private void readSocket(int from, int end) {
        int at = from + MESSAGE;
        while (at + ATTRIBUTE <= end) {
            int size = memory.getShort(at) & 0xffff;
            if (memory.getShort(at + 2) == INET_DIAG_SHUTDOWN && memory.getByte(at + ATTRIBUTE) != 0) {
                shutDown.put(memory.getInt(from + INODE), (int) memory.getByte(at + ATTRIBUTE));
            }
            at += Math.max(ATTRIBUTE, aligned(size));
        }
    }

    private static int aligned(int size) {
        return size + 3 & ~3;
    }
}
