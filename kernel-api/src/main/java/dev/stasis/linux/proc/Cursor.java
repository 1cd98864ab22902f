package dev.stasis.linux.proc;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A place in the bytes of a /proc file, which moves on as numbers and words are taken. */
final class Cursor {
    private final byte[] bytes;
    private int at;

    Cursor(byte[] bytes) {
        this.bytes = bytes;
    }

    boolean atEnd() {
        return at >= bytes.length;
    }

    int position() {
        return at;
    }

    void position(int position) {
        at = position;
    }

    /** The byte here, -1 at the end. */
    int peek() {
        return at < bytes.length ? bytes[at] & 0xff : -1;
    }

    int peek(int ahead) {
        return at + ahead >= 0 && at + ahead < bytes.length ? bytes[at + ahead] & 0xff : -1;
    }

    boolean atLineEnd() {
        return at >= bytes.length || bytes[at] == '\n';
    }

    void skip(int count) {
        at += count;
    }

    void expect(char wanted) {
        if (peek() != wanted) {
            throw malformed("'" + wanted + "'");
        }
        at++;
    }

    IllegalArgumentException malformed(String wanted) {
        return new IllegalArgumentException("expected " + wanted + " at byte " + at + " of " + bytes.length + ": "
                + new String(bytes, at, Math.min(40, Math.max(0, bytes.length - at)), StandardCharsets.ISO_8859_1));
    }

    void skipBlanks() {
        while (at < bytes.length && (bytes[at] == ' ' || bytes[at] == '\t')) {
            at++;
        }
    }

    /** Goes to the first byte of the next line, or to the end. */
    void nextLine() {
        while (at < bytes.length && bytes[at] != '\n') {
            at++;
        }
        at++;
    }

    /** A hexadecimal number, unsigned; a prefix 0x is skipped. */
    long hex() {
        if (peek() == '0' && peek(1) == 'x') {
            at += 2;
        }
        int start = at;
        long value = 0;
        for (int digit = hexDigit(peek()); digit >= 0; digit = hexDigit(peek())) {
            value = (value << 4) | digit;
            at++;
        }
        if (at == start) {
            throw malformed("a hexadecimal number");
        }
        return value;
    }

    private static int hexDigit(int c) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    }

    /** A decimal number, with a sign if there is one; wraps around like the kernel's unsigned 64-bit numbers. */
    long decimal() {
        return digits(10);
    }

    long octal() {
        return digits(8);
    }

    private long digits(int base) {
        boolean negative = peek() == '-';
        at += negative ? 1 : 0;
        int start = at;
        long value = 0;
        while (peek() >= '0' && peek() < '0' + base) {
            value = value * base + (bytes[at++] - '0');
        }
        if (at == start) {
            throw malformed("a number");
        }
        return negative ? -value : value;
    }

    /** Whether the bytes here are those of {@code prefix}; moves behind it if so. */
    boolean take(String prefix) {
        if (!has(0, prefix)) {
            return false;
        }
        at += prefix.length();
        return true;
    }

    /** Whether the bytes {@code ahead} of here are those of {@code text}. */
    boolean has(int ahead, String text) {
        for (int i = 0; i < text.length(); i++) {
            if (peek(ahead + i) != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** The bytes up to the next blank or line end. */
    byte[] word() {
        int start = at;
        while (!atLineEnd() && bytes[at] != ' ' && bytes[at] != '\t') {
            at++;
        }
        return Arrays.copyOfRange(bytes, start, at);
    }

    String text() {
        return new String(word(), StandardCharsets.ISO_8859_1);
    }

    /** The bytes up to the line end. */
    byte[] rest() {
        int start = at;
        while (!atLineEnd()) {
            at++;
        }
        return Arrays.copyOfRange(bytes, start, at);
    }

    byte[] slice(int start, int end) {
        return Arrays.copyOfRange(bytes, start, end);
    }

    /** {@code escaped} with each \ooo (three octal digits) replaced by the byte it stands for. */
    static byte[] unescape(byte[] escaped) {
        byte[] plain = new byte[escaped.length];
        int length = 0;
        for (int i = 0; i < escaped.length; i++) {
            if (isEscape(escaped, i)) {
                plain[length++] = (byte) ((escaped[i + 1] - '0') * 64 + (escaped[i + 2] - '0') * 8 + (escaped[i + 3] - '0'));
                i += 3;
            } else {
                plain[length++] = escaped[i];
            }
        }
        return length == escaped.length ? escaped : Arrays.copyOf(plain, length);
    }

    private static boolean isEscape(byte[] bytes, int at) {
        return bytes[at] == '\\' && at + 3 < bytes.length && bytes[at + 1] >= '0' && bytes[at + 1] <= '3'
                && isOctal(bytes[at + 2]) && isOctal(bytes[at + 3]);
    }

    private static boolean isOctal(byte b) {
        return b >= '0' && b <= '7';
    }
}
