package dev.stasis.linux.fs;

import static dev.stasis.linux.internal.Syscalls.check;

import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.internal.Scratch;
import dev.stasis.linux.internal.Syscalls;

/** Calls on sockets. */
public final class SocketCalls {
    private static final int SOL_SOCKET = 1;
    private static final int SO_TYPE = 3;
    private static final int SO_PROTOCOL = 38;
    private static final int SO_DOMAIN = 39;

    private SocketCalls() {}

    /** AF_UNIX (1), AF_INET (2), AF_INET6 (10), AF_NETLINK (16), ... @see socket(7) SO_DOMAIN */
    public static int domain(Fd socket) {
        return option(socket, SO_DOMAIN);
    }

    /** SOCK_STREAM (1), SOCK_DGRAM (2), ... @see socket(7) SO_TYPE */
    public static int type(Fd socket) {
        return option(socket, SO_TYPE);
    }

    /** IPPROTO_TCP (6), IPPROTO_UDP (17), ... @see socket(7) SO_PROTOCOL */
    public static int protocol(Fd socket) {
        return option(socket, SO_PROTOCOL);
    }

    /**
     * Reads option {@code option} of {@code level} to {@code at} of {@code memory}; returns how long it is, of at most {@code most}
     * bytes, or a negative errno where there is none. For who reads very many. @see getsockopt(2)
     */
    public static int tryOption(Fd socket, int level, int option, NativeMemory memory, int at, int most) {
        Scratch scratch = Scratch.take();
        int length = scratch.reserve(Integer.BYTES);
        scratch.memory().putInt(length, most);
        long result = Syscalls.call5(SyscallNumber.GETSOCKOPT, socket.number(), level, option, memory.address() + at,
                scratch.address(length));
        return result < 0 ? (int) result : scratch.memory().getInt(length);
    }

    private static int option(Fd socket, int option) {
        Scratch scratch = Scratch.take();
        int at = scratch.reserve(8);
        scratch.memory().putInt(at + 4, 4);
        check("getsockopt", socket, Syscalls.call5(SyscallNumber.GETSOCKOPT, socket.number(), SOL_SOCKET, option,
                scratch.address(at), scratch.address(at + 4)));
        return scratch.memory().getInt(at);
    }
}
