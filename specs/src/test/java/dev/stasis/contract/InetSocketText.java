package dev.stasis.contract;

import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.SystemCalls;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileStatus;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * Everything that the kernel tells of a socket: whatever options there are, of whatever level, known to us or not, addresses, owner.
 * And making sockets for tests.
 */
final class InetSocketText {
    static final int STREAM = 1;
    static final int DATAGRAM = 2;
    private static final int CLOEXEC = 0x80000;
    private static final int[] LEVELS = {0, 1, 6, 17, 41, 136};
    private static final int NAMES = 120;
    private static final int VALUE = 8;
    private static final int ROOM = 512;
    /** SO_ERROR, which reading clears; SO_COOKIE, TCP_INFO, TCP_TIMESTAMP and TCP_CC_INFO, which are never the same twice. */
    private static final Set<String> OTHERS = Set.of("1/4", "1/57", "6/11", "6/24", "6/26", "6/35");

    private static final NativeMemory MEMORY = NativeMemory.allocate(VALUE + ROOM);

    private InetSocketText() {}

    /** One line for each option that can be read. */
    static List<String> options(Fd socket) {
        List<String> lines = new ArrayList<>();
        for (int level : LEVELS) {
            for (int name = 1; name < NAMES; name++) {
                String value = OTHERS.contains(level + "/" + name) ? null : option(socket, level, name);
                if (value != null) {
                    lines.add(level + "/" + name + " " + value);
                }
            }
        }
        return lines;
    }

    /** The value of an option in hexadecimal; null when there is no such option. */
    static String option(Fd socket, int level, int name) {
        MEMORY.clear(0, VALUE + ROOM);
        MEMORY.putInt(0, ROOM);
        long result = SystemCalls.tryCall(SyscallNumber.GETSOCKOPT, socket.number(), level, name, MEMORY.address() + VALUE,
                MEMORY.address());
        return result < 0 ? null : HexFormat.of().formatHex(MEMORY.get(VALUE, Math.min(ROOM, MEMORY.getInt(0))));
    }

    /** Addresses, owner, mode and all options. */
    static String of(Fd socket) {
        FileStatus status = FileCalls.status(socket);
        return "name " + address(socket, SyscallNumber.GETSOCKNAME) + " peer " + address(socket, SyscallNumber.GETPEERNAME) + " of "
                + status.uid() + ":" + status.gid() + " mode " + Integer.toOctalString(status.permissions()) + " backlog "
                + backlog(socket) + "\n" + String.join("\n", options(socket));
    }

    private static String address(Fd socket, int call) {
        MEMORY.clear(0, VALUE + ROOM);
        MEMORY.putInt(0, ROOM);
        long result = SystemCalls.tryCall(call, socket.number(), MEMORY.address() + VALUE, MEMORY.address());
        return result < 0 ? "none" : HexFormat.of().formatHex(MEMORY.get(VALUE, MEMORY.getInt(0)));
    }

    /** State, accept queue and backlog of a TCP socket, the words at 0, 24 and 28 of TCP_INFO. */
    private static String backlog(Fd socket) {
        String info = option(socket, 6, 11);
        return info == null ? "none" : info.substring(0, 2) + " " + info.substring(48, 64);
    }

    static Fd socket(int family, int type, int protocol) {
        return Fd.own((int) SystemCalls.call("socket", "", SyscallNumber.SOCKET, family, type | CLOEXEC, protocol));
    }

    static boolean trySet(Fd socket, int level, int name, byte... value) {
        MEMORY.put(VALUE, value);
        return SystemCalls.tryCall(SyscallNumber.SETSOCKOPT, socket.number(), level, name, MEMORY.address() + VALUE, value.length) == 0;
    }

    static boolean trySet(Fd socket, int level, int name, int value) {
        return trySet(socket, level, name, (byte) value, (byte) (value >> 8), (byte) (value >> 16), (byte) (value >> 24));
    }

    /** Binds to a port that the kernel chooses, of 127.{@code host} or ::1. */
    static Fd bound(Fd socket, int family, int... host) {
        call("bind", SyscallNumber.BIND, socket, family, 0, host);
        return socket;
    }

    static Fd listening(Fd socket, int backlog) {
        SystemCalls.call("listen", socket, SyscallNumber.LISTEN, socket.number(), backlog);
        return socket;
    }

    static Fd connected(Fd socket, int family, int port, int... host) {
        call("connect", SyscallNumber.CONNECT, socket, family, port, host);
        return socket;
    }

    private static void call(String name, int number, Fd socket, int family, int port, int... host) {
        MEMORY.clear(VALUE, 28);
        MEMORY.putByte(VALUE, (byte) family).putByte(VALUE + 2, (byte) (port >> 8)).putByte(VALUE + 3, (byte) port);
        if (family == 2) {
            MEMORY.put(VALUE + 4, new byte[] {127, (byte) host[0], (byte) host[1], (byte) host[2]});
        } else {
            MEMORY.putByte(VALUE + 23, (byte) 1);
        }
        SystemCalls.call(name, socket, number, socket.number(), MEMORY.address() + VALUE, family == 2 ? 16 : 28);
    }

    /** The port that it is bound to. */
    static int port(Fd socket) {
        return Integer.parseInt(address(socket, SyscallNumber.GETSOCKNAME).substring(4, 8), 16);
    }
}
