package dev.stasis.plugins.inetsockets;

import dev.stasis.linux.Fd;
import dev.stasis.plugins.inetsockets.NetTable.Row;
import java.util.List;

/** Connections to a listener with TCP_DEFER_ACCEPT that their clients take for made, but which are in no queue yet. */
final class HalfOpen {
    private static final int TCP_DEFER_ACCEPT = 9;
    private static final int SYN_RECV = 3;

    /** Whether there are any to the port of {@code listener}. */
    boolean exist(Fd listener, SocketCalls calls) {
        if (calls.number(listener, SocketOptions.SOL_TCP, TCP_DEFER_ACCEPT) == 0) {
            return false;
        }
        int port = calls.name(listener).port();
        List<Row> rows = NetTable.read(SocketOptions.SOL_TCP);
        for (int i = 0; i < rows.size(); i++) {
            if (rows.get(i).state() == SYN_RECV && rows.get(i).port() == port) {
                return true;
            }
        }
        return false;
    }
}
