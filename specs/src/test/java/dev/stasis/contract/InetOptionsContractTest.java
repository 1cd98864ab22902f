package dev.stasis.contract;

import static dev.stasis.contract.InetSocketText.option;
import static dev.stasis.contract.InetSocketText.socket;
import static dev.stasis.contract.InetSocketText.trySet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.linux.Fd;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Whatever option of a socket can be set, and read, comes back: for each there is a socket that has only this one changed. */
class InetOptionsContractTest extends InetSocketsContractTest {
    private static final int[] VALUES = {1, 0, 2, 5, 100, 4000, 0x9c419c40, 0x01000000};
    /** Refused by name: UDP_ENCAP, TCP_REPAIR, and SO_TIMESTAMPING when it numbers. */
    private static final Set<String> REFUSED = Set.of("17/100", "136/100", "6/19");
    private static final int LEAST = 200;

    @Override
    protected List<Fd> open() {
        List<Fd> sockets = new ArrayList<>();
        for (int[] kind : new int[][] {{2, 1, 0}, {10, 1, 0}, {2, 2, 0}, {10, 2, 0}, {2, 2, 136}, {2, 1, 262}}) {
            try (Fd plain = socket(kind[0], kind[1], kind[2])) {
                for (String line : InetSocketText.options(plain)) {
                    String name = line.substring(0, line.indexOf(' '));
                    if (!REFUSED.contains(name)) {
                        addChanged(kind, name, line.substring(name.length() + 1), sockets);
                    }
                }
            }
        }
        assertThat(sockets).as("sockets with an option that is not as it was").hasSizeGreaterThan(LEAST);
        return sockets;
    }

    private static void addChanged(int[] kind, String option, String plain, List<Fd> sockets) {
        int level = Integer.parseInt(option.substring(0, option.indexOf('/')));
        int name = Integer.parseInt(option.substring(option.indexOf('/') + 1));
        Fd socket = socket(kind[0], kind[1], kind[2]);
        for (int value : VALUES) {
            boolean set = trySet(socket, level, name, value) || trySet(socket, level, name, pair(value))
                    || trySet(socket, level, name, times(value));
            if (set && !plain.equals(option(socket, level, name))) {
                sockets.add(socket);
                return;
            }
        }
        socket.close();
    }

    private static byte[] pair(int value) {
        return new byte[] {(byte) value, 0, 0, 0, (byte) value, 0, 0, 0};
    }

    private static byte[] times(int value) {
        byte[] times = new byte[16];
        times[0] = (byte) value;
        times[9] = 4;
        return times;
    }
}
