package dev.stasis.plugins.inetsockets;

import java.util.ArrayList;
import java.util.List;

/** What /proc/net/igmp and /proc/net/igmp6 say of the multicast groups of this machine. */
final class GroupLines {
    private static final int HEX = 16;

    private GroupLines() {}

    /**
     * A group of IPv6.
     *
     * @param number of the interface
     * @param address sixteen bytes
     */
    record Group(int number, byte[] address) {}

    /** The lines of {@code text} without their ends. */
    static String[] split(String text) {
        List<String> lines = new ArrayList<>();
        int from = 0;
        for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
            lines.add(text.substring(from, end));
            from = end + 1;
        }
        return lines.toArray(new String[0]);
    }

    /** The interface that the groups of IPv4 on the lines after {@code line} belong to; 0 when it tells of none. */
    static int device(String line) {
        int digits = 0;
        while (digits < line.length() && line.charAt(digits) >= '0' && line.charAt(digits) <= '9') {
            digits++;
        }
        return digits == 0 ? 0 : Integer.parseInt(line.substring(0, digits));
    }

    /** The group of IPv4 on {@code line}: the number that the address is in memory, in hexadecimal. */
    static byte[] ipv4(String line) {
        int from = skipBlanks(line, 0);
        int number = Integer.parseUnsignedInt(line.substring(from, from + 2 * Integer.BYTES), HEX);
        return new byte[] {(byte) number, (byte) (number >> 8), (byte) (number >> 16), (byte) (number >> 24)};
    }

    /** The group of IPv6 on {@code line}: interface, its name, the address in hexadecimal, and more. */
    static Group ipv6(String line) {
        int at = skipBlanks(line, wordEnd(line, 0));
        at = skipBlanks(line, wordEnd(line, at));
        byte[] address = new byte[Endpoint.bytes(Endpoint.IPV6)];
        for (int i = 0; i < address.length; i++) {
            address[i] = (byte) Integer.parseInt(line.substring(at + 2 * i, at + 2 * i + 2), HEX);
        }
        return new Group(Integer.parseInt(line.substring(0, wordEnd(line, 0))), address);
    }

    private static int skipBlanks(String line, int from) {
        int at = from;
        while (at < line.length() && (line.charAt(at) == ' ' || line.charAt(at) == '\t')) {
            at++;
        }
        return at;
    }

    private static int wordEnd(String line, int from) {
        int at = from;
        while (at < line.length() && line.charAt(at) != ' ' && line.charAt(at) != '\t') {
            at++;
        }
        return at;
    }
}
