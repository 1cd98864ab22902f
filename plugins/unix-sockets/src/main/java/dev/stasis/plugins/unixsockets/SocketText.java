package dev.stasis.plugins.unixsockets;

import dev.stasis.plugins.unixsockets.proto.unix_sk_entry;
import dev.stasis.spi.FileRecord;

/** What is said of a socket in an image. */
final class SocketText {
    private SocketText() {}

    /** Such as {@code socket:[17] stream to socket:[18] at /run/app.sock}. */
    static String of(FileRecord record, unix_sk_entry entry) {
        StringBuilder text = new StringBuilder(record.link().toString());
        text.append(entry.getType() == UnixCalls.STREAM ? " stream" : entry.getType() == UnixCalls.DATAGRAM ? " datagram" : " seqpacket");
        if (entry.getState() == KnownSocket.LISTEN) {
            text.append(", listening");
        }
        if (entry.getName().size() > 0) {
            text.append(" at ").append(Names.text(entry.getName().toByteArray()));
        }
        if (entry.getExternal()) {
            text.append(", out of the tree");
        } else if (entry.getPeerClosed()) {
            text.append(", other end closed");
        } else if (entry.getPeer() != 0) {
            text.append(", to ").append(Outsiders.link(entry.getPeer()));
        }
        return text.toString().replace('\n', '?');
    }
}
