package dev.stasis.contract;

import static dev.stasis.contract.InetSocketText.bound;
import static dev.stasis.contract.InetSocketText.connected;
import static dev.stasis.contract.InetSocketText.listening;
import static dev.stasis.contract.InetSocketText.port;
import static dev.stasis.contract.InetSocketText.socket;
import static dev.stasis.contract.InetSocketText.trySet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.linux.Fd;
import dev.stasis.linux.fs.InodeCalls;
import dev.stasis.plugins.inetsockets.InetSocketsPlugin;
import dev.stasis.spi.StasisPlugin;
import dev.stasis.testkit.contract.FdKindContract;
import java.util.List;

class InetSocketsContractTest extends FdKindContract {
    private static final int V4 = 2;
    private static final int V6 = 10;

    @Override
    protected StasisPlugin plugin() {
        return new InetSocketsPlugin();
    }

    @Override
    protected String kind() {
        return "inet-socket";
    }

    /** Ports are the machine's, not the image's. */
    @Override
    protected boolean isSelfContained() {
        return false;
    }

    @Override
    protected List<Fd> open() {
        Fd listener = listening(bound(socket(V4, InetSocketText.STREAM, 0), V4, 5, 6, 7), 33);
        assertThat(trySet(listener, 6, 9, 7)).isTrue();
        Fd owned = socket(V6, InetSocketText.STREAM, 0);
        InodeCalls.owner(owned, 65534, 65533);
        InodeCalls.permissions(owned, 0700);
        Fd datagrams = bound(socket(V4, InetSocketText.DATAGRAM, 0), V4, 5, 6, 8);
        assertThat(trySet(datagrams, 1, 8, 70000)).isTrue();
        return List.of(listener, listening(bound(owned, V6), 0), bound(socket(V4, InetSocketText.STREAM, 0), V4, 5, 6, 9),
                socket(V4, InetSocketText.STREAM, 0), datagrams,
                connected(socket(V4, InetSocketText.DATAGRAM, 0), V4, port(datagrams), 5, 6, 8),
                bound(socket(V6, InetSocketText.DATAGRAM, 136), V6), socket(V6, InetSocketText.DATAGRAM, 0));
    }

    @Override
    protected String state(Fd file) {
        return InetSocketText.of(file);
    }
}
