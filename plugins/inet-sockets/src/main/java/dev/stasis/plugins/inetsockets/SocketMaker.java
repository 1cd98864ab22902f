package dev.stasis.plugins.inetsockets;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.InodeCalls;
import dev.stasis.plugins.inetsockets.proto.group_membership;
import dev.stasis.plugins.inetsockets.proto.inet_sk_entry;
import dev.stasis.plugins.inetsockets.proto.sk_opts_entry;
import dev.stasis.plugins.inetsockets.proto.socket_option;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;

/** Makes sockets as an image tells of them, with all their options, but without an address. */
final class SocketMaker {
    private static final int SO_BINDTODEVICE = 25;
    private static final int SO_ATTACH_FILTER = 26;
    private static final int SO_DETACH_FILTER = 27;
    private static final int SO_SNDBUFFORCE = 32;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int SO_SNDBUF = 7;
    private static final int SO_RCVBUF = 8;
    private static final int SO_BUF_LOCK = 72;
    private static final int INSTRUCTION = 8;
    /** A filter of one instruction, which returns 0: nothing gets through. */
    private static final long DROP_ALL = 0x06;

    private final SocketCalls calls;
    private final FreshSockets fresh;
    private final Interfaces interfaces;
    private final Memberships memberships;

    SocketMaker(SocketCalls calls, FreshSockets fresh, Interfaces interfaces) {
        this.calls = calls;
        this.fresh = fresh;
        this.interfaces = interfaces;
        this.memberships = new Memberships(calls, interfaces);
    }

    /**
     * Makes the one of {@code entry}, which {@code subject} names; the caller owns it. What comes after its address is left to
     * {@link #finish}; until then nothing is received that its peer did not send.
     */
    Fd make(inet_sk_entry entry, String subject) {
        Fd socket = calls.create(entry.getFamily(), entry.getType(), entry.getProto());
        boolean done = false;
        try {
            FreshSocket plain = fresh.of(entry.getFamily(), entry.getType(), entry.getProto());
            setOwner(socket, entry, plain.status());
            setOptions(socket, entry, plain, subject);
            setBuffers(socket, entry.getOpts(), subject);
            setDevice(socket, entry.getOpts(), subject);
            if (entry.getState() == SocketHead.ESTABLISHED) {
                attach(socket, new long[] {DROP_ALL}, subject);
            } else {
                attachOwn(socket, entry.getOpts(), subject);
            }
            join(socket, entry, subject);
            done = true;
            return socket;
        } finally {
            if (!done) {
                socket.close();
            }
        }
    }

    /** Adds what comes after the address. */
    void finish(Fd socket, inet_sk_entry entry, String subject) {
        if (entry.getState() == SocketHead.ESTABLISHED) {
            if (entry.getOpts().getSoFilterCount() == 0) {
                require(calls.trySet(socket, SocketCalls.SOL_SOCKET, SO_DETACH_FILTER, 0), "SO_DETACH_FILTER", subject);
            } else {
                attachOwn(socket, entry.getOpts(), subject);
            }
        }
        for (int i = 0; i < entry.getOptionsCount(); i++) {
            if (isLock(entry.getOptions(i))) {
                require(calls.trySet(socket, SocketCalls.SOL_SOCKET, SocketReader.SO_LOCK_FILTER, 1), "SO_LOCK_FILTER", subject);
            }
        }
    }

    private static boolean isLock(socket_option option) {
        return option.getLevel() == SocketCalls.SOL_SOCKET && option.getName() == SocketReader.SO_LOCK_FILTER;
    }

    private static void setOwner(Fd socket, inet_sk_entry entry, FileStatus plain) {
        if (entry.hasUid() && (entry.getUid() != plain.uid() || entry.getGid() != plain.gid())) {
            InodeCalls.owner(socket, entry.getUid(), entry.getGid());
        }
        if (entry.hasMode() && entry.getMode() != plain.permissions()) {
            InodeCalls.permissions(socket, entry.getMode());
        }
    }

    private void setOptions(Fd socket, inet_sk_entry entry, FreshSocket plain, String subject) {
        for (int i = 0; i < entry.getOptionsCount(); i++) {
            socket_option option = entry.getOptions(i);
            if (!plain.isDefault(option) && !isLock(option)) {
                SocketOption known = plain.known(option);
                String label = known == null ? "option " + option.getName() + " of level " + option.getLevel() : known.label();
                require(set(socket, option, known, subject), label, subject);
            }
        }
    }

    private int set(Fd socket, socket_option option, SocketOption known, String subject) {
        if (option.hasIfname()) {
            int number = interfaces.number(option.getIfname(), subject);
            return calls.trySet(socket, option.getLevel(), option.getName(), known == null ? number : known.inOrder(number));
        }
        return calls.trySet(socket, option.getLevel(), option.getName(), option.getValue().toByteArray());
    }

    /** The kernel doubles what it is given. */
    private void setBuffers(Fd socket, sk_opts_entry options, String subject) {
        setBuffer(socket, SO_SNDBUF, SO_SNDBUFFORCE, options.getSoSndbuf(), subject);
        setBuffer(socket, SO_RCVBUF, SO_RCVBUFFORCE, options.getSoRcvbuf(), subject);
        boolean locked = calls.number(socket, SocketCalls.SOL_SOCKET, SO_BUF_LOCK, 0) == options.getSoBufLock();
        if (options.hasSoBufLock() && !locked) {
            require(calls.trySet(socket, SocketCalls.SOL_SOCKET, SO_BUF_LOCK, options.getSoBufLock()), "SO_BUF_LOCK", subject);
        }
    }

    private void setBuffer(Fd socket, int name, int force, int size, String subject) {
        if (size != 0 && calls.number(socket, SocketCalls.SOL_SOCKET, name) != size) {
            require(calls.trySet(socket, SocketCalls.SOL_SOCKET, force, size / 2), name == SO_SNDBUF ? "SO_SNDBUF" : "SO_RCVBUF", subject);
        }
    }

    private void setDevice(Fd socket, sk_opts_entry options, String subject) {
        if (!options.getSoBoundDev().isEmpty()) {
            interfaces.number(options.getSoBoundDev(), subject);
            byte[] name = options.getSoBoundDev().getBytes(StandardCharsets.ISO_8859_1);
            require(calls.trySet(socket, SocketCalls.SOL_SOCKET, SO_BINDTODEVICE, name), "SO_BINDTODEVICE", subject);
        }
    }

    private void attachOwn(Fd socket, sk_opts_entry options, String subject) {
        if (options.getSoFilterCount() > 0) {
            long[] instructions = new long[options.getSoFilterCount()];
            for (int i = 0; i < instructions.length; i++) {
                instructions[i] = options.getSoFilter(i);
            }
            attach(socket, instructions, subject);
        }
    }

    private void attach(Fd socket, long[] instructions, String subject) {
        NativeMemory program = NativeMemory.allocate(instructions.length * INSTRUCTION + 16);
        program.putInt(0, instructions.length).putLong(8, program.address() + 16);
        for (int i = 0; i < instructions.length; i++) {
            program.putLong(16 + i * INSTRUCTION, instructions[i]);
        }
        require(calls.trySet(socket, SocketCalls.SOL_SOCKET, SO_ATTACH_FILTER, program.get(0, 16)), "SO_ATTACH_FILTER", subject);
        Reference.reachabilityFence(program);
    }

    private void join(Fd socket, inet_sk_entry entry, String subject) {
        for (int i = 0; i < entry.getMembershipsCount(); i++) {
            group_membership group = entry.getMemberships(i);
            require(memberships.tryJoin(socket, group, subject), "membership of group "
                    + AddressText.of(group.getGroup().toByteArray()) + " on " + group.getIfname(), subject);
        }
    }

    private static void require(int result, String what, String subject) {
        if (result < 0) {
            Errno errno = new Errno(-result);
            throw new StasisException(new Problem(InetErrorCode.OPTION_NOT_SET, subject,
                    "the kernel does not set its " + what + " (" + errno + ")",
                    errno.equals(Errno.EPERM) ? "restore with CAP_NET_ADMIN and CAP_NET_RAW"
                            : "restore on a kernel that is set up like the one it was dumped on"));
        }
    }
}
