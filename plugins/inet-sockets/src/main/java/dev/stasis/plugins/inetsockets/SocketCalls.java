package dev.stasis.plugins.inetsockets;

import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.Errno;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.SystemCalls;

/** Calls on sockets of this process. What one reads lies in {@link #memory} until the next call. From one thread. */
final class SocketCalls {
    static final int SOL_SOCKET = 1;
    /** Where values and addresses are. */
    static final int VALUE = 8;
    private static final int LENGTH = 0;
    private static final int ROOM = 1 << 16;
    private static final int CLOEXEC = 0x80000;
    private static final int F_SETFL = 4;

    private final NativeMemory memory = NativeMemory.allocate(VALUE + ROOM);

    /** What the last call read, from {@link #VALUE} on. */
    NativeMemory memory() {
        return memory;
    }

    /** A new socket, close-on-exec; the caller owns it. @see socket(2) */
    Fd create(int family, int type, int protocol) {
        return Fd.own((int) SystemCalls.call("socket", "family " + family + ", type " + type + ", protocol " + protocol,
                SyscallNumber.SOCKET, family, type | CLOEXEC, protocol));
    }

    /** Reads an option of at most {@code size} bytes; returns how many there are, or the negative errno. @see getsockopt(2) */
    int tryRead(Fd socket, int level, int name, int size) {
        memory.putInt(LENGTH, size);
        long result = SystemCalls.tryCall(SyscallNumber.GETSOCKOPT, socket.number(), level, name, memory.address() + VALUE,
                memory.address() + LENGTH);
        return result < 0 ? (int) result : memory.getInt(LENGTH);
    }

    /** Like {@link #tryRead}; throws {@link KernelException} when it fails. */
    int read(Fd socket, int level, int name, int size) {
        int length = tryRead(socket, level, name, size);
        if (length < 0) {
            throw new KernelException("getsockopt " + level + "/" + name, socket, new Errno(-length));
        }
        return length;
    }

    /** The value of an option that is a number. */
    int number(Fd socket, int level, int name) {
        read(socket, level, name, Integer.BYTES);
        return memory.getInt(VALUE);
    }

    /** The value of an option that is a number; {@code otherwise} where the kernel or the socket has no such option. */
    int number(Fd socket, int level, int name, int otherwise) {
        return tryRead(socket, level, name, Integer.BYTES) < 0 ? otherwise : memory.getInt(VALUE);
    }

    /** Sets an option; returns 0 or the negative errno. @see setsockopt(2) */
    int trySet(Fd socket, int level, int name, byte[] value) {
        memory.put(VALUE, value);
        return (int) SystemCalls.tryCall(SyscallNumber.SETSOCKOPT, socket.number(), level, name, memory.address() + VALUE,
                value.length);
    }

    /** Sets an option that is a number; returns 0 or the negative errno. */
    int trySet(Fd socket, int level, int name, int value) {
        memory.putInt(VALUE, value);
        return (int) SystemCalls.tryCall(SyscallNumber.SETSOCKOPT, socket.number(), level, name, memory.address() + VALUE,
                Integer.BYTES);
    }

    /** The address that it is bound to; port 0 when it is not. @see getsockname(2) */
    Endpoint name(Fd socket) {
        memory.putInt(LENGTH, Endpoint.SIZE);
        SystemCalls.call("getsockname", socket, SyscallNumber.GETSOCKNAME, socket.number(), memory.address() + VALUE,
                memory.address() + LENGTH);
        return Endpoint.read(memory, VALUE);
    }

    /** The address that it is connected to; null when it is not. @see getpeername(2) */
    Endpoint peer(Fd socket) {
        memory.putInt(LENGTH, Endpoint.SIZE);
        long result = SystemCalls.tryCall(SyscallNumber.GETPEERNAME, socket.number(), memory.address() + VALUE,
                memory.address() + LENGTH);
        return result < 0 ? null : Endpoint.read(memory, VALUE);
    }

    /** Binds it; returns 0 or the negative errno. @see bind(2) */
    int tryBind(Fd socket, Endpoint address) {
        int length = address.write(memory, VALUE);
        return (int) SystemCalls.tryCall(SyscallNumber.BIND, socket.number(), memory.address() + VALUE, length);
    }

    /** Connects it; returns 0 or the negative errno. @see connect(2) */
    int tryConnect(Fd socket, Endpoint address) {
        int length = address.write(memory, VALUE);
        return (int) SystemCalls.tryCall(SyscallNumber.CONNECT, socket.number(), memory.address() + VALUE, length);
    }

    /** Makes it listen; returns 0 or the negative errno. @see listen(2) */
    int tryListen(Fd socket, int backlog) {
        return (int) SystemCalls.tryCall(SyscallNumber.LISTEN, socket.number(), backlog);
    }

    /** Which of {@code events} it has now, and errors and hang-ups. @see poll(2) */
    int poll(Fd socket, int events) {
        memory.putInt(VALUE, socket.number()).putInt(VALUE + Integer.BYTES, events);
        SystemCalls.call("poll", socket, SyscallNumber.POLL, memory.address() + VALUE, 1, 0);
        return memory.getShort(VALUE + Integer.BYTES + Short.BYTES);
    }

    /** Shuts it down. What the call returns does not matter: it says ENOTCONN where it did so all the same. @see shutdown(2) */
    void shutDown(Fd socket, int how) {
        SystemCalls.tryCall(SyscallNumber.SHUTDOWN, socket.number(), how);
    }

    /** Sets the status flags. @see fcntl(2) F_SETFL */
    void statusFlags(Fd socket, int flags) {
        SystemCalls.call("fcntl F_SETFL", socket, SyscallNumber.FCNTL, socket.number(), F_SETFL, flags);
    }
}
