package dev.stasis.plugins.unixsockets;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * Connects datagram sockets, and finds who sends what waits in them: sockets of the tree by their names, and others, which exist only
 * for that, where those that had sent are gone. To be closed, when all is sent.
 */
final class Senders implements AutoCloseable {
    private final Collection<MadeSocket> made;
    private final UnixCalls calls;
    private final ScratchNames scratch;
    private final Map<ByteBuffer, MadeSocket> byName = new HashMap<>();
    /** Sockets of our own, by their names. */
    private final Map<ByteBuffer, Fd> own = new HashMap<>();
    /** How those are reached. */
    private final Map<Fd, byte[]> reaches = new HashMap<>();

    Senders(Collection<MadeSocket> made, UnixCalls calls, ScratchNames scratch) {
        this.made = made;
        this.calls = calls;
        this.scratch = scratch;
        for (MadeSocket socket : made) {
            if (socket.isDatagram() && socket.name.length > 0) {
                byName.put(ByteBuffer.wrap(socket.name), socket);
            }
        }
    }

    /** Connects those whose peers are closed, before the tree's own sockets take the names of those. */
    void connectToClosed() {
        for (MadeSocket socket : made) {
            if (socket.isDatagram() && !socket.isConnection() && socket.entry.getPeerClosed() && !socket.entry.getExternal()) {
                byte[] name = socket.otherName();
                Fd peer = own.get(ByteBuffer.wrap(name));
                if (peer == null) {
                    peer = calls.socket(UnixCalls.DATAGRAM);
                    own.put(ByteBuffer.wrap(name), peer);
                    reaches.put(peer, name(peer, name, socket));
                }
                socket.fd = calls.socket(UnixCalls.DATAGRAM);
                connect(socket, reaches.get(peer));
                socket.gone = peer;
            }
        }
    }

    /** Gives {@code socket}, which is ours and made for {@code user}, a name; returns how we reach it. */
    private byte[] name(Fd socket, byte[] name, MadeSocket user) {
        if (name[0] != 0) {
            int number = scratch.bind(socket, name);
            return ScratchNames.address(scratch.directory().number(), number);
        }
        RestoredSockets.bindAbstract(socket, name, user, calls);
        return UnixCalls.address(name);
    }

    /** Whether a socket of our own has the name of {@code socket}, which is to have it when ours is closed. */
    boolean haveNameOf(MadeSocket socket) {
        return socket.isDatagram() && socket.name.length > 0 && !socket.isInFileSystem() && own.containsKey(ByteBuffer.wrap(socket.name));
    }

    /** Closes ours: what they were to send is sent. */
    void closeOwn() {
        for (Fd socket : own.values()) {
            socket.close();
        }
        own.clear();
        reaches.clear();
    }

    /** Connects those whose peers are there; all have their names. */
    void connect() {
        for (MadeSocket socket : made) {
            if (socket.isDatagram() && !socket.isConnection() && socket.other != null) {
                connect(socket, socket.other.reach);
            } else if (socket.isConnectedAgain()) {
                connect(socket, UnixCalls.address(socket.otherName()));
            }
        }
    }

    private void connect(MadeSocket socket, byte[] address) {
        long result = calls.tryConnect(socket.fd, address);
        if (result < 0) {
            throw new KernelException("connect", socket, new Errno((int) -result));
        }
    }

    /** The socket of the tree with name {@code name}; null when there is none. */
    MadeSocket named(byte[] name) {
        return name.length == 0 ? null : byName.get(ByteBuffer.wrap(name));
    }

    /** A socket of our own with name {@code name}, or without one, that is to send to {@code socket}; borrowed. */
    Fd ofOurs(byte[] name, MadeSocket socket) {
        Fd known = own.get(ByteBuffer.wrap(name));
        if (known == null) {
            known = calls.socket(UnixCalls.DATAGRAM);
            own.put(ByteBuffer.wrap(name), known);
            if (name.length > 0) {
                name(known, name, socket);
            }
        }
        return known;
    }

    @Override
    public void close() {
        closeOwn();
    }
}
