package dev.stasis.plugins.inetsockets;

import dev.stasis.linux.NativeMemory;
import java.util.Arrays;

/**
 * An address of IPv4 or IPv6 with a port.
 *
 * @param family {@link #IPV4} or {@link #IPV6}
 * @param address four or sixteen bytes
 * @param port 0 to 65535; 0 for none
 * @param flowInfo what IPv6 calls so, as the kernel has it in memory
 * @param scope the number of the interface of a link-local address; else 0
 * @see <a href="https://man7.org/linux/man-pages/man7/ipv6.7.html">ipv6(7)</a>
 */
record Endpoint(int family, byte[] address, int port, int flowInfo, int scope) {
    static final int IPV4 = 2;
    static final int IPV6 = 10;
    /** As much as any of them takes. */
    static final int SIZE = 28;
    private static final int SIZE_IPV4 = 16;
    private static final int V4_BYTES = 4;
    private static final int V6_BYTES = 16;

    /** How many bytes an address of {@code family} has. */
    static int bytes(int family) {
        return family == IPV4 ? V4_BYTES : V6_BYTES;
    }

    /** The one at {@code at}, a sockaddr_in or sockaddr_in6. */
    static Endpoint read(NativeMemory memory, int at) {
        int family = memory.getShort(at);
        int port = (memory.getByte(at + 2) & 0xff) << 8 | memory.getByte(at + 3) & 0xff;
        if (family == IPV4) {
            return new Endpoint(family, memory.get(at + 4, V4_BYTES), port, 0, 0);
        }
        return new Endpoint(family, memory.get(at + 8, V6_BYTES), port, memory.getInt(at + 4), memory.getInt(at + 24));
    }

    /** Writes it to {@code at} as the kernel wants it; returns how many bytes that are. */
    int write(NativeMemory memory, int at) {
        memory.clear(at, SIZE);
        memory.putByte(at, (byte) family).putByte(at + 2, (byte) (port >> 8)).putByte(at + 3, (byte) port);
        if (family == IPV4) {
            memory.put(at + 4, address);
            return SIZE_IPV4;
        }
        memory.putInt(at + 4, flowInfo).put(at + 8, address).putInt(at + 24, scope);
        return SIZE;
    }

    /** Whether it is no particular address: 0.0.0.0 or ::. */
    boolean isAny() {
        for (int i = 0; i < address.length; i++) {
            if (address[i] != 0) {
                return false;
            }
        }
        return true;
    }

    /** Whether a socket that is bound to this one could get what another at {@code other} gets, as far as addresses go. */
    boolean overlaps(Endpoint other) {
        return port == other.port && (isAny() || other.isAny() || Arrays.equals(address, other.address));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Endpoint one && family == one.family && port == one.port && scope == one.scope
                && flowInfo == one.flowInfo && Arrays.equals(address, one.address);
    }

    @Override
    public int hashCode() {
        return 31 * port + Arrays.hashCode(address);
    }

    /** Such as {@code 0.0.0.0:80} or {@code [::1]:80}. */
    @Override
    public String toString() {
        String text = AddressText.of(address);
        return (family == IPV6 ? "[" + text + "]" : text) + ":" + port;
    }
}
