package dev.stasis.plugins.unixsockets;

import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes sockets that were connected, or made as a pair, by the processes that the kernel is to keep with them. Where an end has a name
 * it got from a socket that listened, one that listens comes into being for a while, by that name; it need not be at the path.
 */
final class Connections {
    private static final int BACKLOG = 4096;

    private final UnixCalls calls;
    private final Callers callers;
    private final ScratchNames scratch;
    private final Map<Credentials, List<Couple>> pairs = new LinkedHashMap<>();
    private final Map<Listener, Map<Credentials, List<Couple>>> connections = new LinkedHashMap<>();

    Connections(UnixCalls calls, Callers callers, ScratchNames scratch) {
        this.calls = calls;
        this.callers = callers;
        this.scratch = scratch;
    }

    /**
     * Two ends; either may be missing, and then it was closed.
     *
     * @param client the one that connected, or one of a pair
     * @param server the one that was accepted, or the other one of the pair
     */
    private record Couple(MadeSocket client, MadeSocket server) {

        MadeSocket any() {
            return client != null ? client : server;
        }

        /** Gives the ends their sockets; one for a missing end stands in for it. */
        void are(Fd first, Fd second) {
            set(client, first, server, second);
            set(server, second, client, first);
        }

        private static void set(MadeSocket end, Fd socket, MadeSocket other, Fd otherSocket) {
            if (end != null) {
                end.fd = socket;
                end.standIn = other == null ? otherSocket : null;
            }
        }
    }

    /** By whom and by which name something listened. */
    private record Listener(int type, ByteBuffer name, Credentials by) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Listener listener && type == listener.type && name.equals(listener.name) && by.equals(listener.by);
        }

        @Override
        public int hashCode() {
            return name.hashCode();
        }
    }

    /** Has {@code socket}, which was connected, made with its other end. */
    void add(MadeSocket socket) {
        MadeSocket other = socket.other;
        boolean named = !socket.isDatagram() && (socket.name.length > 0 || socket.otherName().length > 0);
        if (!named) {
            List<Couple> couples = pairs.get(socket.peer);
            if (couples == null) {
                couples = new ArrayList<>();
                pairs.put(socket.peer, couples);
            }
            couples.add(new Couple(socket, other));
            return;
        }
        boolean accepted = socket.entry.getAccepted();
        MadeSocket client = accepted ? other : socket;
        MadeSocket server = accepted ? socket : other;
        Credentials listening = client != null ? client.peer : server.peer;
        Credentials connecting = server != null ? server.peer : client.peer;
        byte[] name = server != null ? server.name : client.otherName();
        Listener listener = new Listener(socket.type(), ByteBuffer.wrap(name), listening);
        Map<Credentials, List<Couple>> byCaller = connections.get(listener);
        if (byCaller == null) {
            byCaller = new LinkedHashMap<>();
            connections.put(listener, byCaller);
        }
        List<Couple> couples = byCaller.get(connecting);
        if (couples == null) {
            couples = new ArrayList<>();
            byCaller.put(connecting, couples);
        }
        couples.add(new Couple(client, server));
    }

    /** Makes all that were added. */
    void make() {
        for (Map.Entry<Credentials, List<Couple>> one : pairs.entrySet()) {
            makePairs(one.getKey(), one.getValue());
        }
        for (Map.Entry<Listener, Map<Credentials, List<Couple>>> one : connections.entrySet()) {
            connect(one.getKey(), one.getValue());
        }
    }

    private void makePairs(Credentials by, List<Couple> couples) {
        List<Integer> types = new ArrayList<>(couples.size());
        for (Couple couple : couples) {
            types.add(couple.any().type());
        }
        try (PeerCalls caller = callers.of(by)) {
            List<Fd[]> made = caller.pairs(types);
            for (int i = 0; i < made.size(); i++) {
                couples.get(i).are(made.get(i)[0], made.get(i)[1]);
            }
        } catch (KernelException e) {
            throw Callers.failed(couples.get(0).any(), e);
        }
    }

    private void connect(Listener listener, Map<Credentials, List<Couple>> byCaller) {
        MadeSocket any = byCaller.values().iterator().next().get(0).any();
        byte[] name = listener.name().array();
        try (Fd socket = calls.socket(listener.type())) {
            int number = -1;
            if (name.length > 0 && name[0] != 0) {
                number = scratch.bind(socket, name);
            } else {
                RestoredSockets.bindAbstract(socket, name, any, calls);
            }
            try (PeerCalls caller = callers.of(listener.by())) {
                caller.listen(socket, BACKLOG);
            }
            for (Map.Entry<Credentials, List<Couple>> one : byCaller.entrySet()) {
                connect(socket, name, number, one.getKey(), one.getValue());
            }
        } catch (KernelException e) {
            throw Callers.failed(any, e);
        }
    }

    private void connect(Fd listener, byte[] name, int number, Credentials by, List<Couple> couples) {
        try (PeerCalls caller = callers.of(by)) {
            byte[] address = number < 0 ? UnixCalls.address(name) : ScratchNames.address(caller.give(scratch.directory()), number);
            for (int from = 0; from < couples.size(); from += PeerCalls.AT_ONCE) {
                List<Couple> some = couples.subList(from, Math.min(couples.size(), from + PeerCalls.AT_ONCE));
                List<Integer> types = new ArrayList<>(some.size());
                List<byte[]> addresses = new ArrayList<>(some.size());
                for (Couple couple : some) {
                    types.add(couple.any().type());
                    addresses.add(address);
                }
                List<Fd> made = caller.connect(types, addresses);
                for (int i = 0; i < made.size(); i++) {
                    some.get(i).are(made.get(i), calls.accept(listener));
                }
            }
        }
    }
}
