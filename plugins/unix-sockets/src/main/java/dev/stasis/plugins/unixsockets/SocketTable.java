package dev.stasis.plugins.unixsockets;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.SystemCalls;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;

/**
 * The unix sockets of this network namespace as the kernel lists them: one request for all.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/sock_diag.7.html">sock_diag(7)</a>
 */
final class SocketTable {
    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW_CLOEXEC = 3 | 0x80000;
    private static final int NETLINK_SOCK_DIAG = 4;
    private static final int SOCK_DIAG_BY_FAMILY = 20;
    private static final int NLM_F_REQUEST = 1;
    private static final int NLM_F_DUMP = 0x300;
    private static final int NLMSG_ERROR = 2;
    private static final int NLMSG_DONE = 3;
    private static final int HEADER = 16;
    private static final int MESSAGE = 16;
    private static final int REQUEST = HEADER + 24;
    /** Name, peer, connections that wait, queue lengths. */
    private static final int SHOW = 1 | 4 | 8 | 16;
    private static final int NAME = 0;
    private static final int PEER = 2;
    private static final int PENDING = 3;
    private static final int LENGTHS = 4;
    private static final int SHUTDOWN = 6;
    private static final int ROOM = 1 << 18;
    private static final int EPROTONOSUPPORT = 93;

    private final Map<Integer, KnownSocket> byInode = new HashMap<>();

    private boolean complete = true;

    private SocketTable() {}

    /** Asks the kernel for all; an empty one where it does not list them (CONFIG_UNIX_DIAG). */
    static SocketTable read() {
        try {
            return readAll();
        } catch (KernelException e) {
            if (!e.is(Errno.ENOENT) && e.errno().number() != EPROTONOSUPPORT) {
                throw e;
            }
            SocketTable nothing = new SocketTable();
            nothing.complete = false;
            return nothing;
        }
    }

    /** Whether the kernel lists them at all. */
    boolean isComplete() {
        return complete;
    }

    private static SocketTable readAll() {
        SocketTable table = new SocketTable();
        try (Fd channel = open()) {
            NativeMemory memory = NativeMemory.allocate(ROOM);
            send(channel, memory, NLM_F_REQUEST | NLM_F_DUMP, 0);
            while (table.add(receive(channel, memory))) {
                // the next part
            }
        }
        return table;
    }

    /**
     * The socket with number {@code inode}; null when there is none in this network namespace. One that the list lacks, which may
     * happen when others are closed while it is made, is asked for by itself.
     */
    KnownSocket find(int inode) {
        KnownSocket known = byInode.get(inode);
        if (known == null && complete) {
            try (Fd channel = open()) {
                NativeMemory memory = NativeMemory.allocate(1 << 13);
                send(channel, memory, NLM_F_REQUEST, inode);
                add(receive(channel, memory));
            } catch (KernelException e) {
                if (!e.is(Errno.ENOENT)) {
                    throw e;
                }
            }
            known = byInode.get(inode);
        }
        return known;
    }

    /** The one of those that were listed with number {@code inode}; null when it was not. */
    KnownSocket listed(int inode) {
        return byInode.get(inode);
    }

    /** All that were listed. */
    Iterable<KnownSocket> all() {
        return byInode.values();
    }

    private static Fd open() {
        return Fd.own((int) SystemCalls.call("socket", "NETLINK_SOCK_DIAG", SyscallNumber.SOCKET, AF_NETLINK, SOCK_RAW_CLOEXEC,
                NETLINK_SOCK_DIAG));
    }

    private static void send(Fd channel, NativeMemory memory, int flags, int inode) {
        memory.clear(0, REQUEST);
        memory.putInt(0, REQUEST).putInt(4, SOCK_DIAG_BY_FAMILY | flags << 16);
        memory.putByte(HEADER, (byte) 1).putInt(HEADER + 4, -1).putInt(HEADER + 8, inode).putInt(HEADER + 12, SHOW);
        memory.putLong(HEADER + 16, -1);
        SystemCalls.call("sendto", "NETLINK_SOCK_DIAG", SyscallNumber.SENDTO, channel.number(), memory.address(), REQUEST, 0, 0, 0);
    }

    private static ByteBuffer receive(Fd channel, NativeMemory memory) {
        long length = SystemCalls.call("recvfrom", "NETLINK_SOCK_DIAG", SyscallNumber.RECVFROM, channel.number(), memory.address(),
                memory.size(), 0, 0, 0);
        return memory.buffer().limit((int) length);
    }

    /** Of the answers in {@code bytes} alone: for tests. */
    static SocketTable of(byte[] bytes) {
        SocketTable table = new SocketTable();
        table.add(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
        return table;
    }

    /** Adds what {@code answers} tell; returns whether there is more to come. */
    private boolean add(ByteBuffer answers) {
        int at = 0;
        while (at + HEADER <= answers.limit()) {
            int length = answers.getInt(at);
            int type = answers.getShort(at + 4) & 0xffff;
            if (length < HEADER || type == NLMSG_DONE) {
                return false;
            }
            if (type == NLMSG_ERROR) {
                throw new KernelException("sock_diag", "unix sockets", new Errno(-answers.getInt(at + HEADER)));
            }
            if (type == SOCK_DIAG_BY_FAMILY) {
                KnownSocket socket = socket(answers, at + HEADER, at + length);
                byInode.put(socket.inode(), socket);
            }
            at += aligned(length);
        }
        return true;
    }

    private static KnownSocket socket(ByteBuffer answers, int start, int end) {
        byte[] name = new byte[0];
        int peer = -1;
        int waiting = 0;
        int backlog = 0;
        int shutdown = 0;
        int[] pending = new int[0];
        for (int at = start + MESSAGE; at + 4 <= end; at += aligned(Math.max(4, answers.getShort(at) & 0xffff))) {
            int length = (answers.getShort(at) & 0xffff) - 4;
            switch (answers.getShort(at + 2) & 0x3fff) {
                case NAME -> name = bytes(answers, at + 4, length);
                case PEER -> peer = answers.getInt(at + 4);
                case PENDING -> pending = numbers(answers, at + 4, length / 4);
                case LENGTHS -> {
                    waiting = answers.getInt(at + 4);
                    backlog = answers.getInt(at + 8);
                }
                case SHUTDOWN -> shutdown = answers.get(at + 4);
                default -> { }
            }
        }
        return new KnownSocket(answers.getInt(start + 4), answers.get(start + 1), answers.get(start + 2), name, peer, waiting,
                backlog, shutdown, pending);
    }

    private static byte[] bytes(ByteBuffer answers, int at, int length) {
        byte[] bytes = new byte[length];
        answers.get(at, bytes);
        return bytes;
    }

    private static int[] numbers(ByteBuffer answers, int at, int count) {
        int[] numbers = new int[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = answers.getInt(at + 4 * i);
        }
        return numbers;
    }

    private static int aligned(int length) {
        return (length + 3) & ~3;
    }
}
