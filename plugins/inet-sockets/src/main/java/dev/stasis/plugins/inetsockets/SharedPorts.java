package dev.stasis.plugins.inetsockets;

import dev.stasis.plugins.inetsockets.proto.inet_sk_entry;
import dev.stasis.plugins.inetsockets.proto.socket_option;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.StasisException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Ports of an image that several of its sockets have although their options would not let them: they were bound when they had
 * others. Only those may be bound with SO_REUSEADDR although they do not have it: else they might share a port with strangers.
 */
final class SharedPorts {
    private final Map<Integer, List<Bound>> byPort = new HashMap<>();

    private SharedPorts() {}

    private record Bound(Endpoint address, boolean reuseAddress, boolean reusePort, int user) {
        boolean allows(Bound other) {
            return !address.overlaps(other.address) || reuseAddress && other.reuseAddress
                    || reusePort && other.reusePort && user == other.user;
        }
    }

    /** Those of {@code records}. */
    static SharedPorts of(List<FileRecord> records) {
        SharedPorts shared = new SharedPorts();
        for (int i = 0; i < records.size(); i++) {
            if (records.get(i).kind().equals(InetSocketKind.NAME)) {
                shared.add(records.get(i));
            }
        }
        return shared;
    }

    private void add(FileRecord record) {
        try {
            inet_sk_entry entry = SocketEntry.parse(record);
            if (entry.getSrcPort() != 0 && entry.getIfname().isEmpty() && entry.getSrcAddrCount() > 0) {
                Integer key = key(entry);
                List<Bound> known = byPort.get(key);
                if (known == null) {
                    known = new ArrayList<>(1);
                    byPort.put(key, known);
                }
                known.add(bound(new Endpoint(entry.getFamily(), EntryAddress.bytes(entry.getFamily(), entry.getSrcAddrList()),
                        entry.getSrcPort(), 0, 0), entry));
            }
        } catch (StasisException | IllegalArgumentException e) {
            // Whoever plans it says so.
            return;
        }
    }

    private static Integer key(inet_sk_entry entry) {
        return entry.getProto() << Short.SIZE | entry.getSrcPort();
    }

    private static Bound bound(Endpoint address, inet_sk_entry entry) {
        return new Bound(address, entry.getOpts().getReuseaddr(), hasReusePort(entry), entry.getUid());
    }

    private static boolean hasReusePort(inet_sk_entry entry) {
        boolean reusePort = false;
        for (int i = 0; i < entry.getOptionsCount(); i++) {
            socket_option option = entry.getOptions(i);
            reusePort |= option.getLevel() == SocketOptions.SOL_SOCKET && option.getName() == SocketOptions.SO_REUSEPORT;
        }
        return reusePort;
    }

    /** Whether the socket of {@code entry} may get its port although somebody else has it. */
    boolean mayBeShared(inet_sk_entry entry) {
        return entry.getOpts().getReuseaddr() || hasReusePort(entry) || byPort.getOrDefault(key(entry), List.of()).size() > 1;
    }

    /** Whether the socket of {@code entry}, bound to {@code address}, has its port with others that its options do not allow. */
    boolean isShared(Endpoint address, inet_sk_entry entry) {
        List<Bound> known = byPort.getOrDefault(key(entry), List.of());
        Bound own = bound(address, entry);
        boolean self = false;
        for (int i = 0; i < known.size(); i++) {
            Bound other = known.get(i);
            if (!self && other.address.equals(own.address) && other.reuseAddress == own.reuseAddress
                    && other.reusePort == own.reusePort) {
                self = true;
            } else if (!own.allows(other)) {
                return true;
            }
        }
        return false;
    }
}
