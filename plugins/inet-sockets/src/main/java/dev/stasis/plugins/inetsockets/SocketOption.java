package dev.stasis.plugins.inetsockets;

/**
 * An option that the kernel lets be read and set.
 *
 * @param level of setsockopt(2), such as SOL_SOCKET
 * @param name its number at that level
 * @param size of its value in bytes, at most {@link #SIZE_MAX}
 * @param label what people call it
 * @param value what the value is
 */
record SocketOption(int level, int name, int size, String label, Value value) {
    static final int SIZE_MAX = 16;
    private static final int SEGMENT_MIN = 88;

    /** What the value of an option is. */
    enum Value {
        /** Says what it means by itself. */
        PLAIN,
        /** Like that, and its default is the administrator's (sysctl): so it is kept where it is the default, too. */
        ADMINISTERED,
        /** The number of a network interface, 0 for none. */
        INTERFACE,
        /** The same in network byte order. */
        INTERFACE_IN_NETWORK_ORDER
    }

    /** Whether its value is the number of an interface, in whatever order. */
    boolean isInterface() {
        return value == Value.INTERFACE || value == Value.INTERFACE_IN_NETWORK_ORDER;
    }

    /** Whether {@code number} is nothing that was set: with IP_OPTIONS the kernel shows a segment size that it would not take. */
    boolean isComputed(int number) {
        return level == SocketOptions.SOL_TCP && name == SocketOptions.TCP_MAXSEG && number < SEGMENT_MIN;
    }

    /** The other byte order where its value is in network order: what the kernel has for {@code number}, and back. */
    int inOrder(int number) {
        return value == Value.INTERFACE_IN_NETWORK_ORDER ? Integer.reverseBytes(number) : number;
    }
}
