package dev.stasis.plugins.unixsockets;

import dev.stasis.linux.Fd;
import dev.stasis.plugins.unixsockets.proto.unix_sk_entry;
import dev.stasis.spi.FileRecord;

/** A socket of an image on its way back. */
final class MadeSocket {
    final FileRecord record;
    final unix_sk_entry entry;
    final byte[] name;
    /** Null when nobody had connected. */
    final Credentials peer;
    /** The socket that it is connected to; null when that is closed, outside the tree, or there is none. */
    MadeSocket other;
    /** The socket itself; null as long as there is none. */
    Fd fd;
    /** Stands for a peer that is closed; null when it needs none. */
    Fd standIn;
    /** What stands, with its name, for a closed peer of several; borrowed. */
    Fd gone;
    /** How others reach it by its name; null when they cannot. */
    byte[] reach;
    /** How many bytes of memory what it sends takes, at most. */
    long sent;

    MadeSocket(FileRecord record, unix_sk_entry entry) {
        this.record = record;
        this.entry = entry;
        this.name = entry.getName().toByteArray();
        this.peer = entry.hasPeerCredentials() ? Credentials.of(entry.getPeerCredentials()) : null;
    }

    int type() {
        return entry.getType();
    }

    boolean isDatagram() {
        return type() == UnixCalls.DATAGRAM;
    }

    /** Whether it led out of the tree to one that takes datagrams by a name from anywhere, and is connected to that again. */
    boolean isConnectedAgain() {
        byte[] to = entry.getPeerName().toByteArray();
        return entry.getExternal() && isDatagram() && peer == null && to.length > 0 && (to[0] == '/' || to[0] == 0);
    }

    /** Whether it was made together with, or by, what it is connected to. */
    boolean isConnection() {
        return peer != null && entry.getState() != KnownSocket.LISTEN;
    }

    boolean isInFileSystem() {
        return name.length > 0 && name[0] != 0;
    }

    /** The name of what it is connected to. */
    byte[] otherName() {
        return other != null ? other.name : entry.getPeerName().toByteArray();
    }

    @Override
    public String toString() {
        return record.holders().get(0) + " (" + record.link() + ")";
    }
}
