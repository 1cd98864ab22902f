package dev.stasis.plugins.unixsockets;

import dev.stasis.linux.Fd;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Has all that waited in sockets sent to them again. */
final class Queues {
    private final Map<Integer, List<QueueFile.Packet>> packets;
    private final Filling filling;
    private final Senders senders;

    Queues(Map<Integer, List<QueueFile.Packet>> packets, Filling filling, Senders senders) {
        this.packets = packets;
        this.filling = filling;
        this.senders = senders;
    }

    private List<QueueFile.Packet> of(MadeSocket socket) {
        return packets.getOrDefault(socket.entry.getId(), List.of());
    }

    /** What came from anybody: before the sockets are connected, since then only the peer may send. */
    void fillUnconnected(Collection<MadeSocket> made) {
        for (MadeSocket socket : made) {
            for (QueueFile.Packet packet : of(socket)) {
                if (packet.entry().hasSender()) {
                    byte[] name = packet.entry().getSender().toByteArray();
                    MadeSocket sender = senders.named(name);
                    Fd from = sender != null ? sender.fd : senders.ofOurs(name, socket);
                    makeRoom(sender, from, packet);
                    filling.send(packet, from, socket.reach, socket);
                }
            }
        }
    }

    /** What came from peers that are closed now, by those with their names. */
    void fillFromGone(Collection<MadeSocket> made) {
        for (MadeSocket socket : made) {
            if (socket.gone != null) {
                fill(socket, socket.gone, false);
                socket.gone = null;
            }
        }
    }

    /** What came from the peer. */
    void fillConnected(Collection<MadeSocket> made) {
        for (MadeSocket socket : made) {
            if (socket.other != null) {
                fill(socket, socket.other.fd, socket.isConnection() || socket.other.other == socket);
            } else if (socket.standIn != null) {
                fill(socket, socket.standIn, true);
            }
        }
    }

    private void fill(MadeSocket socket, Fd from, boolean connected) {
        for (QueueFile.Packet packet : of(socket)) {
            if (!packet.entry().hasSender()) {
                makeRoom(socket.other, from, packet);
                filling.send(packet, from, connected ? null : socket.reach, socket);
            }
        }
    }

    /** {@code sender} is null for a socket of our own. */
    private void makeRoom(MadeSocket sender, Fd from, QueueFile.Packet packet) {
        if (sender == null) {
            filling.makeRoom(from, Filling.MUCH);
            return;
        }
        sender.sent += Filling.room(packet);
        filling.makeRoom(from, sender.sent);
    }
}
