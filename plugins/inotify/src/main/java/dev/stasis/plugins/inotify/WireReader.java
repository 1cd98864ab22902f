package dev.stasis.plugins.inotify;

import java.util.Arrays;

/**
 * Reads protobuf's wire format out of an array, with as little as that takes: of ten thousand watches, each a message with two more in
 * it, the library's own reader costs a JVM more in compiling it than in running it. Throws {@link IllegalArgumentException} for what is
 * none.
 */
final class WireReader {
    static final int NUMBER = 0;
    private static final int EIGHT_BYTES = 1;
    static final int BYTES = 2;
    private static final int FOUR_BYTES = 5;
    private static final int WIRE_TYPE = 7;

    private final byte[] bytes;
    private int at;
    private int end;

    WireReader(byte[] bytes) {
        this.bytes = bytes;
        this.end = bytes.length;
    }

    /** Whether the message that is being read goes on. */
    boolean hasMore() {
        return at < end;
    }

    /** The number of the next field and, in the three lowest bits, how it is written; also any other number. */
    int number() {
        return (int) longNumber();
    }

    long longNumber() {
        if (at < end && bytes[at] >= 0) {
            return bytes[at++];
        }
        return severalBytes();
    }

    private long severalBytes() {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE && at < end; shift += 7) {
            byte next = bytes[at++];
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number that does not end");
    }

    /** Goes into the message that stands next; returns what {@link #leave} takes back. */
    int enter() {
        int before = end;
        int length = length();
        end = at + length;
        return before;
    }

    /** Behind the message that was entered. */
    void leave(int before) {
        at = end;
        end = before;
    }

    private int length() {
        int length = number();
        if (length < 0 || length > end - at) {
            throw new IllegalArgumentException("a field that is longer than what it is in");
        }
        return length;
    }

    byte[] byteArray() {
        int length = length();
        at += length;
        return Arrays.copyOfRange(bytes, at - length, at);
    }

    /** Passes over {@code expected} if just that stands next; whether it does. */
    boolean trySkip(byte[] expected, int from) {
        int length = expected.length - from;
        boolean same = length <= end - at && Arrays.equals(bytes, at, at + length, expected, from, expected.length);
        at += same ? length : 0;
        return same;
    }

    /** Passes over the value of the field that began with {@code tag}. */
    void skip(int tag) {
        switch (tag & WIRE_TYPE) {
            case NUMBER -> longNumber();
            case BYTES -> {
                int length = length();
                at += length;
            }
            case EIGHT_BYTES -> skipBytes(Long.BYTES);
            case FOUR_BYTES -> skipBytes(Integer.BYTES);
            default -> throw new IllegalArgumentException("a field of wire type " + (tag & WIRE_TYPE));
        }
    }

    private void skipBytes(int count) {
        if (count > end - at) {
            throw new IllegalArgumentException("a field that is longer than what it is in");
        }
        at += count;
    }
}
