package dev.stasis.plugins.unixsockets;

import dev.stasis.spi.OpenFile;

/** What is known of a socket of a tree; filled while it is looked at. */
final class SeenSocket {
    final OpenFile file;
    final KnownSocket known;
    /** See {@link SocketOptions#read}. */
    byte[][] options;
    /** Null for one that cannot be read. */
    long[] filter;
    /** Null when nobody connected. */
    Credentials peer;
    /** See {@link UnixCalls#poll}. */
    int ready;
    /** Of a peer that is closed or not in the tree. */
    byte[] peerName = new byte[0];
    BoundPlace place;
    /** Whether it leads out of the tree and that was announced. */
    boolean external;
    /** Why it cannot be kept, and what would help; null when it can. */
    String reason;
    String help = "";

    SeenSocket(OpenFile file, KnownSocket known) {
        this.file = file;
        this.known = known;
    }

    /** Notes why it cannot be kept, unless something else was noted before. */
    void refuse(String why, String what) {
        if (reason == null) {
            reason = why;
            help = what;
        }
    }

    /**
     * Whether something may wait in it. Of packets without bytes only poll tells; of an empty stream it tells its end or an error, and a
     * look into that would take the error from the program.
     */
    boolean hasData() {
        boolean mayHaveEmpty = known.type() != UnixCalls.STREAM && (ready & UnixCalls.POLLIN) != 0;
        return !known.isListening() && (known.waiting() > 0 || mayHaveEmpty);
    }

    /** Whether the socket that it was connected to is closed. */
    boolean hasClosedPeer() {
        return known.peer() == 0;
    }

    /** Whether its name is a path that others may reach it by, now or when it listens. */
    boolean isReachedByPath() {
        return known.isInFileSystem() && (known.isDatagram() || known.state() != KnownSocket.ESTABLISHED);
    }
}
