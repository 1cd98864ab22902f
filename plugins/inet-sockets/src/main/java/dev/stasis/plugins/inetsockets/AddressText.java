package dev.stasis.plugins.inetsockets;

/** IP addresses as people write them. @see <a href="https://www.rfc-editor.org/rfc/rfc5952">RFC 5952</a> */
final class AddressText {
    private static final int GROUPS = 8;
    private static final int MAPPED = 10;

    private AddressText() {}

    /** The text of {@code address}, of four or sixteen bytes in network order. */
    static String of(byte[] address) {
        return address.length == Integer.BYTES ? decimal(address, 0) : isMapped(address) ? "::ffff:" + decimal(address, MAPPED + 2)
                : groups(address);
    }

    private static String decimal(byte[] address, int from) {
        return (address[from] & 0xff) + "." + (address[from + 1] & 0xff) + "." + (address[from + 2] & 0xff) + "."
                + (address[from + 3] & 0xff);
    }

    private static boolean isMapped(byte[] address) {
        for (int i = 0; i < MAPPED; i++) {
            if (address[i] != 0) {
                return false;
            }
        }
        return address[MAPPED] == -1 && address[MAPPED + 1] == -1;
    }

    private static String groups(byte[] address) {
        int gap = -1;
        int longest = 1;
        for (int i = 0; i < GROUPS; i++) {
            int zeros = zeros(address, i);
            if (zeros > longest) {
                gap = i;
                longest = zeros;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < GROUPS; i++) {
            if (i == gap) {
                text.append("::");
                i += longest - 1;
            } else {
                text.append(i == 0 || i == gap + longest && gap >= 0 ? "" : ":").append(Integer.toHexString(group(address, i)));
            }
        }
        return text.toString();
    }

    private static int zeros(byte[] address, int from) {
        int count = 0;
        while (from + count < GROUPS && group(address, from + count) == 0) {
            count++;
        }
        return count;
    }

    private static int group(byte[] address, int index) {
        return (address[2 * index] & 0xff) << 8 | address[2 * index + 1] & 0xff;
    }
}
