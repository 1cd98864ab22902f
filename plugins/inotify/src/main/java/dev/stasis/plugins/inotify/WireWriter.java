package dev.stasis.plugins.inotify;

import java.util.Arrays;

/** Writes protobuf's wire format, with as little as that takes, for the reason that {@link WireReader} tells. */
final class WireWriter {
    private static final int LONGEST_NUMBER = 10;

    private byte[] bytes = new byte[1 << 10];
    private int length;

    private void require(int more) {
        if (more > bytes.length - length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
        }
    }

    /** A field that is a number; one of 32 bits that is not signed must not have more. */
    void number(int field, long value) {
        require(2 * LONGEST_NUMBER);
        raw((long) field << 3 | WireReader.NUMBER);
        raw(value);
    }

    /** Fields from 1 on that are numbers, each of {@code values} that has its bit in {@code present}: in a loop, there is less to compile. */
    void numbers(long[] values, int present) {
        for (int i = 0; i < values.length; i++) {
            if ((present >>> i & 1) != 0) {
                number(i + 1, values[i]);
            }
        }
    }

    /** A field that is bytes. */
    void bytes(int field, byte[] value) {
        begin(field, value.length);
        append(value, value.length);
    }

    /** A field that is a message: what {@code message} has, which is empty then. */
    void message(int field, WireWriter message) {
        begin(field, message.length);
        append(message.bytes, message.length);
        message.length = 0;
    }

    private void begin(int field, int size) {
        require(2 * LONGEST_NUMBER + size);
        raw((long) field << 3 | WireReader.BYTES);
        raw(size);
    }

    private void append(byte[] from, int size) {
        System.arraycopy(from, 0, bytes, length, size);
        length += size;
    }

    private void raw(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            bytes[length++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[length++] = (byte) rest;
    }

    byte[] toByteArray() {
        return Arrays.copyOf(bytes, length);
    }
}
