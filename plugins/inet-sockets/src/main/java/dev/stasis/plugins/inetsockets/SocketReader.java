package dev.stasis.plugins.inetsockets;

import com.google.protobuf.ByteString;
import dev.stasis.linux.Fd;
import dev.stasis.plugins.inetsockets.proto.fown_entry;
import dev.stasis.plugins.inetsockets.proto.inet_sk_entry;
import dev.stasis.plugins.inetsockets.proto.ip_opts_entry;
import dev.stasis.plugins.inetsockets.proto.sk_opts_entry;
import dev.stasis.plugins.inetsockets.proto.socket_option;
import dev.stasis.spi.FileOwner;
import dev.stasis.spi.OpenFile;
import java.nio.charset.StandardCharsets;

/** Reads all of a socket that must be kept. Changes nothing. */
final class SocketReader {
    private static final int SO_REUSEADDR = 2;
    private static final int SO_SNDBUF = 7;
    private static final int SO_RCVBUF = 8;
    private static final int SO_BINDTODEVICE = 25;
    private static final int SO_GET_FILTER = 26;
    static final int SO_LOCK_FILTER = 44;
    private static final int SO_BINDTOIFINDEX = 62;
    private static final int SO_BUF_LOCK = 72;
    private static final int IP_OPTIONS = 4;
    private static final int IP_OPTIONS_MAX = 40;
    private static final int NAME_MAX = 16;
    private static final int STICKY_MAX = 2048;
    private static final int INSTRUCTION = 8;
    private static final int INSTRUCTIONS_MAX = 4096;
    /** IPV6_HOPOPTS, IPV6_RTHDRDSTOPTS, IPV6_RTHDR and IPV6_DSTOPTS: headers for all that is sent. */
    private static final int[] STICKY = {54, 55, 57, 59};

    private final SocketCalls calls;
    private final FreshSockets fresh;
    private final Interfaces interfaces;
    private final Memberships memberships;
    private final SocketDiagnosis diagnosis = new SocketDiagnosis();

    SocketReader(SocketCalls calls, FreshSockets fresh, Interfaces interfaces) {
        this.calls = calls;
        this.fresh = fresh;
        this.interfaces = interfaces;
        this.memberships = new Memberships(calls, interfaces);
    }

    /** What the image holds of {@code socket}, which is what {@code file} refers to. */
    inet_sk_entry read(OpenFile file, Fd socket, SocketHead head) {
        inet_sk_entry.Builder entry = begin(file, head).setState(head.state());
        addAddresses(socket, head, entry);
        entry.setOpts(anyOptions(socket));
        fresh.of(head).keep(socket, entry);
        addRareOptions(socket, head, entry);
        copyForTools(entry);
        if (head.isListening()) {
            entry.setBacklog(head.backlog());
        } else if (head.isUdp()) {
            entry.setShutdown(head.shutDown() | (entry.getState() == SocketHead.ESTABLISHED
                    ? diagnosis.shutDown(file.status().inode().number(), calls) : 0));
        }
        return entry.build();
    }

    /** What the image holds of a socket that is not made again as it was: one that is only closed, and has no options. */
    inet_sk_entry readBare(OpenFile file, SocketHead head) {
        return begin(file, head).setOpts(sk_opts_entry.newBuilder().setSoSndbuf(0).setSoRcvbuf(0).setSoSndTmoSec(0)
                .setSoSndTmoUsec(0).setSoRcvTmoSec(0).setSoRcvTmoUsec(0)).build();
    }

    private inet_sk_entry.Builder begin(OpenFile file, SocketHead head) {
        FileOwner owner = file.owner();
        return inet_sk_entry.newBuilder().setId(file.id().number()).setIno((int) file.status().inode().number())
                .setFamily(head.family()).setType(head.type()).setProto(head.protocol()).setState(SocketHead.CLOSE)
                .setSrcPort(0).setDstPort(0).setFlags(file.flags().bits()).setBacklog(0)
                .setFown(fown_entry.newBuilder().setUid(owner.uid()).setEuid(owner.effectiveUid()).setSignum(owner.signal())
                        .setPidType(owner.type()).setPid(owner.id()))
                .setUid(file.status().uid()).setGid(file.status().gid()).setMode(file.status().permissions());
    }

    private void addAddresses(Fd socket, SocketHead head, inet_sk_entry.Builder entry) {
        Endpoint name = calls.name(socket);
        entry.setSrcPort(name.port());
        EntryAddress.source(name, entry);
        if (name.scope() != 0) {
            entry.setIfname(interfaces.name(name.scope()));
        }
        Endpoint peer = head.isUdp() ? calls.peer(socket) : null;
        if (peer == null) {
            EntryAddress.destination(new Endpoint(name.family(), new byte[Endpoint.bytes(name.family())], 0, 0, 0), entry);
            return;
        }
        entry.setState(SocketHead.ESTABLISHED).setDstPort(peer.port()).setDstFlowinfo(peer.flowInfo());
        EntryAddress.destination(peer, entry);
        if (peer.scope() != 0) {
            entry.setDstIfname(interfaces.name(peer.scope()));
        }
    }

    private sk_opts_entry anyOptions(Fd socket) {
        sk_opts_entry.Builder options = sk_opts_entry.newBuilder()
                .setSoSndbuf(calls.number(socket, SocketOptions.SOL_SOCKET, SO_SNDBUF))
                .setSoRcvbuf(calls.number(socket, SocketOptions.SOL_SOCKET, SO_RCVBUF))
                .setSoSndTmoSec(0).setSoSndTmoUsec(0).setSoRcvTmoSec(0).setSoRcvTmoUsec(0)
                .setReuseaddr(calls.number(socket, SocketOptions.SOL_SOCKET, SO_REUSEADDR) != 0)
                .setSoBufLock(calls.number(socket, SocketOptions.SOL_SOCKET, SO_BUF_LOCK, 0));
        if (calls.number(socket, SocketOptions.SOL_SOCKET, SO_BINDTOIFINDEX) != 0) {
            int length = calls.read(socket, SocketOptions.SOL_SOCKET, SO_BINDTODEVICE, NAME_MAX);
            options.setSoBoundDev(new String(calls.memory().get(SocketCalls.VALUE, Math.max(0, length - 1)),
                    StandardCharsets.ISO_8859_1));
        }
        return options.build();
    }

    /** What few sockets have; most of it shows in the memory that options take. */
    private void addRareOptions(Fd socket, SocketHead head, inet_sk_entry.Builder entry) {
        addBytes(socket, SocketOptions.SOL_IP, IP_OPTIONS, IP_OPTIONS_MAX, entry);
        if (calls.number(socket, SocketOptions.SOL_SOCKET, SO_LOCK_FILTER) != 0) {
            addBytes(socket, SocketOptions.SOL_SOCKET, SO_LOCK_FILTER, Integer.BYTES, entry);
        }
        if (head.optionMemory() == 0) {
            return;
        }
        addFilter(socket, entry);
        if (head.family() == Endpoint.IPV6) {
            for (int i = 0; i < STICKY.length; i++) {
                addBytes(socket, SocketOptions.SOL_IPV6, STICKY[i], STICKY_MAX, entry);
            }
        }
        if (head.isUdp()) {
            memberships.keep(socket, head.family(), entry);
        }
    }

    private void addBytes(Fd socket, int level, int name, int size, inet_sk_entry.Builder entry) {
        int length = calls.tryRead(socket, level, name, size);
        if (length > 0) {
            entry.addOptions(socket_option.newBuilder().setLevel(level).setName(name)
                    .setValue(ByteString.copyFrom(calls.memory().get(SocketCalls.VALUE, length))));
        }
    }

    private void addFilter(Fd socket, inet_sk_entry.Builder entry) {
        int count = calls.tryRead(socket, SocketOptions.SOL_SOCKET, SO_GET_FILTER, 0);
        if (count <= 0 || count > INSTRUCTIONS_MAX) {
            return;
        }
        calls.read(socket, SocketOptions.SOL_SOCKET, SO_GET_FILTER, count);
        sk_opts_entry.Builder options = entry.getOpts().toBuilder();
        for (int i = 0; i < count; i++) {
            options.addSoFilter(calls.memory().getLong(SocketCalls.VALUE + i * INSTRUCTION));
        }
        entry.setOpts(options);
    }

    /** Where CRIU's messages have a field for an option, its tools find it there too. */
    private static void copyForTools(inet_sk_entry.Builder entry) {
        sk_opts_entry.Builder any = entry.getOpts().toBuilder();
        for (int i = 0; i < entry.getOptionsCount(); i++) {
            socket_option option = entry.getOptions(i);
            if (option.getLevel() == SocketOptions.SOL_SOCKET) {
                copyForTools(option, any);
            } else if (option.getLevel() == SocketOptions.SOL_IPV6 && option.getName() == SocketOptions.IPV6_V6ONLY) {
                entry.setV6Only(option.getValue().byteAt(0) != 0);
            } else if (option.getLevel() == SocketOptions.SOL_IP && option.getName() == SocketOptions.IP_FREEBIND) {
                entry.setIpOpts(ip_opts_entry.newBuilder().setFreebind(true));
            }
        }
        entry.setOpts(any);
    }

    private static void copyForTools(socket_option option, sk_opts_entry.Builder any) {
        switch (option.getName()) {
            case SocketOptions.SO_REUSEPORT -> any.setSoReuseport(true);
            case SocketOptions.SO_BROADCAST -> any.setSoBroadcast(true);
            case SocketOptions.SO_KEEPALIVE -> any.setSoKeepalive(true);
            case SocketOptions.SO_RCVTIMEO -> any.setSoRcvTmoSec(word(option, 0)).setSoRcvTmoUsec(word(option, Long.BYTES));
            case SocketOptions.SO_SNDTIMEO -> any.setSoSndTmoSec(word(option, 0)).setSoSndTmoUsec(word(option, Long.BYTES));
            default -> { }
        }
    }

    private static long word(socket_option option, int from) {
        long word = 0;
        for (int i = Long.BYTES - 1; i >= 0; i--) {
            word = word << Byte.SIZE | option.getValue().byteAt(from + i) & 0xff;
        }
        return word;
    }
}
