package dev.stasis.plugins.inetsockets;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.SystemCalls;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Numbers and names of this machine's network interfaces: names are what stays the same. @see netdevice(7) */
final class Interfaces {
    private static final int SIOCGIFNAME = 0x8910;
    private static final int SIOCGIFINDEX = 0x8933;
    private static final int NAME_MAX = 16;
    private static final int IFREQ = 40;

    private final NativeMemory request = NativeMemory.allocate(IFREQ);
    private final SocketCalls calls;

    Interfaces(SocketCalls calls) {
        this.calls = calls;
    }

    /** The name of interface {@code number}; the number itself where it is gone. */
    String name(int number) {
        request.clear(0, IFREQ);
        request.putInt(NAME_MAX, number);
        if (ask(SIOCGIFNAME) < 0) {
            return Integer.toString(number);
        }
        byte[] name = request.get(0, NAME_MAX);
        int length = 0;
        while (length < NAME_MAX && name[length] != 0) {
            length++;
        }
        return new String(name, 0, length, StandardCharsets.ISO_8859_1);
    }

    /** The number of interface {@code name}; throws {@link StasisException}, on behalf of {@code subject}, when there is none. */
    int number(String name, String subject) {
        byte[] bytes = name.getBytes(StandardCharsets.ISO_8859_1);
        request.clear(0, IFREQ);
        request.put(0, Arrays.copyOf(bytes, Math.min(bytes.length, NAME_MAX - 1)));
        long result = bytes.length < NAME_MAX ? ask(SIOCGIFINDEX) : -Errno.ENODEV.number();
        if (result < 0) {
            throw new StasisException(new Problem(InetErrorCode.INTERFACE_MISSING, subject,
                    "it uses the network interface " + name + ", which this machine does not have (" + new Errno((int) -result) + ")",
                    "set up that interface first"));
        }
        return request.getInt(NAME_MAX);
    }

    private long ask(int question) {
        try (Fd socket = calls.create(Endpoint.IPV4, SocketHead.SOCK_DGRAM, 0)) {
            return SystemCalls.tryCall(SyscallNumber.IOCTL, socket.number(), question, request.address());
        }
    }
}
