package dev.stasis.host.task.read;

/** Numbers in the little-endian structures of the kernel. */
final class Bytes {
    private Bytes() {}

    static int intAt(byte[] bytes, int offset) {
        return (bytes[offset] & 0xff) | (bytes[offset + 1] & 0xff) << 8 | (bytes[offset + 2] & 0xff) << 16
                | (bytes[offset + 3] & 0xff) << 24;
    }

    static long longAt(byte[] bytes, int offset) {
        return (intAt(bytes, offset) & 0xffffffffL) | (long) intAt(bytes, offset + 4) << 32;
    }

    /** The number that the text of a one-number file of /proc says; a prefix 0x or 0 is not special. */
    static long number(byte[] text, int base) {
        long value = 0;
        boolean negative = text.length > 0 && text[0] == '-';
        for (int i = negative ? 1 : 0; i < text.length && Character.digit(text[i], base) >= 0; i++) {
            value = value * base + Character.digit(text[i], base);
        }
        return negative ? -value : value;
    }
}
