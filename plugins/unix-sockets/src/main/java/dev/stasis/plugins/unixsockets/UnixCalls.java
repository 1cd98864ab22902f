package dev.stasis.plugins.unixsockets;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.SystemCalls;
import java.util.Arrays;
import java.util.Optional;

/** Calls on unix sockets. One thread at a time; a borrowed piece of memory serves all. @see unix(7) */
final class UnixCalls {
    static final int STREAM = 1;
    static final int DATAGRAM = 2;
    static final int SEQPACKET = 5;
    static final int SOL_SOCKET = 1;
    static final int SO_SNDBUFFORCE = 32;
    static final int SO_RCVBUFFORCE = 33;
    static final int POLLIN = 1;
    static final int POLLPRI = 2;
    static final int POLLERR = 8;
    static final int POLLHUP = 16;

    private static final int SO_DOMAIN = 39;
    private static final int SO_GET_FILTER = 26;
    private static final int AF_UNIX = 1;
    private static final int CLOEXEC_NONBLOCK = 0x80000 | 0x800;
    private static final int SIOCUNIXFILE = 0x89E0;
    private static final int ROOM = 4096;
    private static final int LENGTH = ROOM;

    private final NativeMemory memory = NativeMemory.allocate(ROOM + 16);

    /** A new socket, non-blocking; the caller owns it. @see socket(2) */
    Fd socket(int type) {
        return Fd.own((int) SystemCalls.call("socket", "AF_UNIX", SyscallNumber.SOCKET, AF_UNIX, type | CLOEXEC_NONBLOCK, 0));
    }

    /** Whether {@code socket} is one of these. @see socket(7) SO_DOMAIN */
    boolean isUnix(Fd socket) {
        byte[] domain = tryOption(socket, SO_DOMAIN, Integer.BYTES);
        return domain != null && domain[0] == AF_UNIX;
    }

    /** The value of a socket option of at most {@code most} bytes; null where there is no such option. @see getsockopt(2) */
    byte[] tryOption(Fd socket, int option, int most) {
        memory.putInt(LENGTH, most);
        long result = SystemCalls.tryCall(SyscallNumber.GETSOCKOPT, socket.number(), SOL_SOCKET, option, memory.address(),
                memory.address() + LENGTH);
        return result < 0 ? null : memory.get(0, memory.getInt(LENGTH));
    }

    /** Whether option {@code option} of {@code socket} has {@code length} bytes and these are those of {@code value}. */
    boolean isOption(Fd socket, int option, byte[] value) {
        memory.putInt(LENGTH, 16);
        long result = SystemCalls.tryCall(SyscallNumber.GETSOCKOPT, socket.number(), SOL_SOCKET, option, memory.address(),
                memory.address() + LENGTH);
        if (result < 0 || memory.getInt(LENGTH) != value.length) {
            return false;
        }
        for (int i = 0; i < value.length; i++) {
            if (memory.getByte(i) != value[i]) {
                return false;
            }
        }
        return true;
    }

    /** Sets a socket option. @see setsockopt(2) */
    void option(Fd socket, int option, byte[] value) {
        memory.put(0, value);
        SystemCalls.call("setsockopt " + option, socket, SyscallNumber.SETSOCKOPT, socket.number(), SOL_SOCKET, option,
                memory.address(), value.length);
    }

    /** Sets a socket option that is a number. @see setsockopt(2) */
    void option(Fd socket, int option, int value) {
        memory.putInt(0, value);
        SystemCalls.call("setsockopt " + option, socket, SyscallNumber.SETSOCKOPT, socket.number(), SOL_SOCKET, option,
                memory.address(), Integer.BYTES);
    }

    /**
     * The instructions of the filter that was attached to {@code socket}, 8 bytes each; none without one, and null for a filter
     * that cannot be read: one of eBPF. @see socket(7) SO_GET_FILTER
     */
    long[] filter(Fd socket) {
        memory.putInt(LENGTH, 0);
        long result = SystemCalls.tryCall(SyscallNumber.GETSOCKOPT, socket.number(), SOL_SOCKET, SO_GET_FILTER, 0,
                memory.address() + LENGTH);
        int count = memory.getInt(LENGTH);
        if (result < 0) {
            return null;
        }
        NativeMemory code = NativeMemory.allocate(8 * Math.max(1, count));
        if (count > 0) {
            SystemCalls.call("getsockopt SO_GET_FILTER", socket, SyscallNumber.GETSOCKOPT, socket.number(), SOL_SOCKET,
                    SO_GET_FILTER, code.address(), memory.address() + LENGTH);
        }
        long[] filter = new long[count];
        for (int i = 0; i < count; i++) {
            filter[i] = code.getLong(8 * i);
        }
        return filter;
    }

    /** Attaches a filter of {@code instructions}. @see socket(7) SO_ATTACH_FILTER */
    void filter(Fd socket, long[] instructions) {
        NativeMemory code = NativeMemory.allocate(8 * instructions.length);
        for (int i = 0; i < instructions.length; i++) {
            code.putLong(8 * i, instructions[i]);
        }
        memory.putLong(0, instructions.length).putLong(8, code.address());
        SystemCalls.call("setsockopt SO_ATTACH_FILTER", socket, SyscallNumber.SETSOCKOPT, socket.number(), SOL_SOCKET,
                SO_GET_FILTER, memory.address(), 16);
        code.getLong(0); // keeps the memory until here
    }

    /** What poll says of {@code socket}, of POLLIN, POLLPRI, POLLERR and POLLHUP. @see poll(2) */
    int poll(Fd socket) {
        memory.putInt(0, socket.number()).putInt(4, POLLIN | POLLPRI);
        SystemCalls.call("poll", socket, SyscallNumber.POLL, memory.address(), 1, 0);
        return memory.getInt(4) >>> 16;
    }

    /** The name of the socket that {@code socket} is connected to, as it stands behind the family; empty when it has none. @see getpeername(2) */
    byte[] peerName(Fd socket) {
        memory.putInt(LENGTH, 256);
        long result = SystemCalls.tryCall(SyscallNumber.GETPEERNAME, socket.number(), memory.address(), memory.address() + LENGTH);
        int length = memory.getInt(LENGTH);
        return result < 0 || length <= 2 ? new byte[0] : memory.get(2, length - 2);
    }

    /** Where {@code name} stands behind the family, as the kernel takes it. */
    static byte[] address(byte[] name) {
        byte[] address = new byte[2 + name.length];
        address[0] = AF_UNIX;
        System.arraycopy(name, 0, address, 2, name.length);
        return address;
    }

    /** Gives {@code socket} the name {@code name}; returns 0 or a negative errno. @see bind(2) */
    long tryBind(Fd socket, byte[] name) {
        byte[] address = address(name);
        memory.put(0, address);
        return SystemCalls.tryCall(SyscallNumber.BIND, socket.number(), memory.address(), address.length);
    }

    /** Connects {@code socket} to the one with {@code address}; returns 0 or a negative errno. @see connect(2) */
    long tryConnect(Fd socket, byte[] address) {
        memory.put(0, address);
        return SystemCalls.tryCall(SyscallNumber.CONNECT, socket.number(), memory.address(), address.length);
    }

    /** The next connection to {@code listener}, which must be there; the caller owns it. @see accept4(2) */
    Fd accept(Fd listener) {
        return Fd.own((int) SystemCalls.call("accept4", listener, SyscallNumber.ACCEPT4, listener.number(), 0, 0, CLOEXEC_NONBLOCK));
    }

    /** Ends what {@code how}, of 1 (receiving) and 2 (sending), says. @see shutdown(2) */
    void shutdown(Fd socket, int how) {
        SystemCalls.call("shutdown", socket, SyscallNumber.SHUTDOWN, socket.number(), how - 1);
    }

    /** The file that {@code socket} is bound to, opened with O_PATH; empty when there is none. @see "ioctl SIOCUNIXFILE" */
    Optional<Fd> file(Fd socket) {
        long result = SystemCalls.tryCall(SyscallNumber.IOCTL, socket.number(), SIOCUNIXFILE, 0);
        return result < 0 ? Optional.empty() : Optional.of(Fd.own((int) result));
    }

    /** Who connected or listened, or made the pair; null when nobody has. @see socket(7) SO_PEERCRED, SO_PEERGROUPS */
    Credentials peer(Fd socket) {
        memory.putInt(LENGTH, 12);
        SystemCalls.call("getsockopt SO_PEERCRED", socket, SyscallNumber.GETSOCKOPT, socket.number(), SOL_SOCKET, 17,
                memory.address(), memory.address() + LENGTH);
        int pid = memory.getInt(0);
        int uid = memory.getInt(4);
        int gid = memory.getInt(8);
        if (pid == 0 && uid == -1 && gid == -1) {
            return null;
        }
        byte[] groups = tryOption(socket, 59, ROOM);
        if (groups == null) {
            groups = manyGroups(socket);
        }
        int[] numbers = new int[groups.length / 4];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = groups[4 * i] & 0xff | (groups[4 * i + 1] & 0xff) << 8 | (groups[4 * i + 2] & 0xff) << 16
                    | groups[4 * i + 3] << 24;
        }
        return new Credentials(pid, uid, gid, numbers);
    }

    private static byte[] manyGroups(Fd socket) {
        NativeMemory room = NativeMemory.allocate(8 + (1 << 18)).putInt(0, 1 << 18);
        SystemCalls.call("getsockopt SO_PEERGROUPS", socket, SyscallNumber.GETSOCKOPT, socket.number(), SOL_SOCKET, 59,
                room.address() + 8, room.address());
        return Arrays.copyOf(room.get(8, room.getInt(0)), room.getInt(0));
    }

    /** Whether {@code result} is that errno. */
    static boolean is(long result, Errno errno) {
        return result == -errno.number();
    }
}
