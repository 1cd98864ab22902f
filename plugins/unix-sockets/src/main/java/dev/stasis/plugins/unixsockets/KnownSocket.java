package dev.stasis.plugins.unixsockets;

/**
 * A unix socket as the kernel lists it.
 *
 * @param inode its number
 * @param type SOCK_STREAM (1), SOCK_DGRAM (2) or SOCK_SEQPACKET (5)
 * @param state ESTABLISHED (1), CLOSE (7) or LISTEN (10), as of TCP
 * @param name as it stands behind the family in an address; empty when it has none
 * @param peer inode of the socket that it is connected to; 0 when that has none (closed, or not accepted yet), -1 when there is none
 * @param waiting bytes that can be read, of datagrams those of the first one; connections that wait when it listens
 * @param backlog how many connections may wait when it listens
 * @param shutdown what was ended: 1 receiving, 2 sending
 * @param pending inodes of the sockets whose connections wait
 */
record KnownSocket(
        int inode, int type, int state, byte[] name, int peer, int waiting, int backlog, int shutdown, int[] pending) {
    static final int ESTABLISHED = 1;
    static final int LISTEN = 10;

    boolean isListening() {
        return state == LISTEN;
    }

    /** Whether its name is a path. */
    boolean isInFileSystem() {
        return name.length > 0 && name[0] != 0;
    }

    boolean isDatagram() {
        return type == UnixCalls.DATAGRAM;
    }
}
