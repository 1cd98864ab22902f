package dev.stasis.plugins.inetsockets;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.stasis.plugins.inetsockets.proto.inet_sk_entry;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;

/** What an image tells of a socket. */
final class SocketEntry {
    private static final int PORTS = 1 << 16;

    private SocketEntry() {}

    /** Reads the message of {@code record} and believes nothing that no dump writes; throws {@link StasisException}. */
    static inet_sk_entry parse(FileRecord record) {
        try {
            inet_sk_entry entry = inet_sk_entry.parseFrom(record.payload());
            SocketHead head = head(entry);
            require(head.isKept(), "no socket of family " + head.family() + ", type " + head.type() + ", protocol " + head.protocol());
            require(entry.getState() == SocketHead.CLOSE || head.isTcp() && entry.getState() == SocketHead.LISTEN
                    || head.isUdp() && entry.getState() == SocketHead.ESTABLISHED, "no state " + entry.getState());
            require(entry.getSrcPort() >= 0 && entry.getSrcPort() < PORTS && entry.getDstPort() >= 0 && entry.getDstPort() < PORTS
                    && entry.getShutdown() >= 0 && entry.getShutdown() <= 3, "no such ports or directions");
            require(isAddress(entry.getFamily(), entry.getSrcAddrCount()) && isAddress(entry.getFamily(), entry.getDstAddrCount())
                    && (entry.getState() != SocketHead.ESTABLISHED || entry.getDstAddrCount() > 0), "no address of so many words");
            return entry;
        } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
            throw new StasisException(new Problem(InetErrorCode.ENTRY_MALFORMED, "file entry " + record.id(), e.getMessage(),
                    "the image was not made by this version of the plugin"), e);
        }
    }

    /** None at all has what is only closed. */
    private static boolean isAddress(int family, int words) {
        return words == 0 || words * Integer.BYTES == Endpoint.bytes(family);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException("there is " + otherwise);
        }
    }

    private static SocketHead head(inet_sk_entry entry) {
        return new SocketHead(entry.getFamily(), entry.getType(), entry.getProto(), entry.getState(), 0, entry.getBacklog(), 0, 0, 0, 0);
    }

    static boolean isTcp(inet_sk_entry entry) {
        return entry.getProto() == SocketOptions.SOL_TCP || entry.getProto() == SocketHead.MPTCP;
    }

    /** Where it was bound to. */
    static Endpoint source(inet_sk_entry entry, Interfaces interfaces, String subject) {
        int scope = entry.getIfname().isEmpty() ? 0 : interfaces.number(entry.getIfname(), subject);
        byte[] address = entry.getSrcAddrCount() == 0 ? new byte[Endpoint.bytes(entry.getFamily())]
                : EntryAddress.bytes(entry.getFamily(), entry.getSrcAddrList());
        return new Endpoint(entry.getFamily(), address, entry.getSrcPort(), 0, scope);
    }

    /** Where it was connected to. */
    static Endpoint destination(inet_sk_entry entry, Interfaces interfaces, String subject) {
        int scope = entry.getDstIfname().isEmpty() ? 0 : interfaces.number(entry.getDstIfname(), subject);
        return new Endpoint(entry.getFamily(), EntryAddress.bytes(entry.getFamily(), entry.getDstAddrList()), entry.getDstPort(),
                entry.getDstFlowinfo(), scope);
    }

    /** Such as {@code fd 3 of task 17 (TCP 0.0.0.0:80)}. */
    static String subject(FileRecord record, inet_sk_entry entry) {
        return record.holders().get(0) + " (" + head(entry).protocolName() + " " + address(entry) + ")";
    }

    private static String address(inet_sk_entry entry) {
        if (entry.getSrcAddrCount() == 0) {
            return "closed";
        }
        return new Endpoint(entry.getFamily(), EntryAddress.bytes(entry.getFamily(), entry.getSrcAddrList()), entry.getSrcPort(), 0, 0)
                .toString();
    }

    /** One line about it. */
    static String describe(inet_sk_entry entry) {
        String text = head(entry).protocolName() + " " + address(entry);
        if (entry.getState() == SocketHead.LISTEN) {
            return text + " listening, backlog " + Integer.toUnsignedString(entry.getBacklog());
        }
        return entry.getState() != SocketHead.ESTABLISHED ? text : text + " connected to " + new Endpoint(entry.getFamily(),
                EntryAddress.bytes(entry.getFamily(), entry.getDstAddrList()), entry.getDstPort(), 0, 0);
    }
}
