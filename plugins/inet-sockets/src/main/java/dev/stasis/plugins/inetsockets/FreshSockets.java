package dev.stasis.plugins.inetsockets;

import java.util.ArrayList;
import java.util.List;

/** What fresh sockets of this machine are like, each kind looked at once. */
final class FreshSockets {
    private final SocketCalls calls;
    private final Interfaces interfaces;
    private final List<Known> known = new ArrayList<>(4);

    FreshSockets(SocketCalls calls, Interfaces interfaces) {
        this.calls = calls;
        this.interfaces = interfaces;
    }

    private record Known(int family, int protocol, FreshSocket fresh) {}

    /** What one like {@code head} is like when nobody has set anything. */
    FreshSocket of(SocketHead head) {
        return of(head.family(), head.type(), head.protocol());
    }

    /** What one of {@code family}, {@code type} and {@code protocol} is like when nobody has set anything. */
    FreshSocket of(int family, int type, int protocol) {
        for (int i = 0; i < known.size(); i++) {
            if (known.get(i).family() == family && known.get(i).protocol() == protocol) {
                return known.get(i).fresh();
            }
        }
        FreshSocket fresh = FreshSocket.of(family, type, protocol, calls, interfaces);
        known.add(new Known(family, protocol, fresh));
        return fresh;
    }
}
