package dev.stasis.linux;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A path as the kernel sees it: bytes without a NUL, in no particular encoding. Immutable.
 */
public final class UnixPath implements Comparable<UnixPath> {
    private final byte[] bytes;

    private UnixPath(byte[] bytes) {
        for (byte b : bytes) {
            if (b == 0) {
                throw new IllegalArgumentException("a path has no NUL byte");
            }
        }
        this.bytes = bytes;
    }

    /** The path of these bytes, which are copied. */
    public static UnixPath of(byte[] bytes) {
        return new UnixPath(bytes.clone());
    }

    /** The path of the {@code length} bytes at {@code offset} of {@code memory}, which are copied. */
    public static UnixPath of(NativeMemory memory, int offset, int length) {
        return new UnixPath(memory.get(offset, length));
    }

    /** The path that {@code text} names, encoded as UTF-8. */
    public static UnixPath of(String text) {
        return new UnixPath(text.getBytes(StandardCharsets.UTF_8));
    }

    /** A copy of the bytes, without a trailing NUL. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** Copies the bytes, with a NUL behind them, to {@code offset} of {@code memory}. */
    public void copyTo(NativeMemory memory, int offset) {
        memory.put(offset, bytes).putByte(offset + bytes.length, (byte) 0);
    }

    /** Copies the bytes to {@code offset} of {@code array}, with a NUL behind them. */
    public void copyTo(byte[] array, int offset) {
        System.arraycopy(bytes, 0, array, offset, bytes.length);
        array[offset + bytes.length] = 0;
    }

    /** Whether its bytes are the {@code length} bytes at {@code offset} of {@code memory}. */
    public boolean isAt(NativeMemory memory, int offset, int length) {
        boolean same = length == bytes.length;
        for (int i = 0; same && i < length; i++) {
            same = memory.getByte(offset + i) == bytes[i];
        }
        return same;
    }

    /** How many bytes long it is. */
    public int length() {
        return bytes.length;
    }

    /** Whether it starts at the root. */
    public boolean isAbsolute() {
        return bytes.length > 0 && bytes[0] == '/';
    }

    /** Whether the last bytes are those of {@code suffix}. */
    public boolean endsWith(String suffix) {
        byte[] tail = suffix.getBytes(StandardCharsets.UTF_8);
        return bytes.length >= tail.length
                && Arrays.equals(bytes, bytes.length - tail.length, bytes.length, tail, 0, tail.length);
    }

    /** Whether the first bytes are those of {@code prefix}. */
    public boolean startsWith(String prefix) {
        byte[] head = prefix.getBytes(StandardCharsets.UTF_8);
        return bytes.length >= head.length && Arrays.equals(bytes, 0, head.length, head, 0, head.length);
    }

    /** The path without its last {@code count} bytes. */
    public UnixPath dropLast(int count) {
        return new UnixPath(Arrays.copyOf(bytes, bytes.length - count));
    }

    /** The path without its first {@code count} bytes. */
    public UnixPath dropFirst(int count) {
        return new UnixPath(Arrays.copyOfRange(bytes, count, bytes.length));
    }

    /** All up to the last slash (the root for a path directly below it), or "." when there is none. */
    public UnixPath parent() {
        int slash = lastSlash();
        if (slash < 0) {
            return of(".");
        }
        return new UnixPath(Arrays.copyOf(bytes, Math.max(slash, 1)));
    }

    /** The part behind the last slash. */
    public UnixPath fileName() {
        return dropFirst(lastSlash() + 1);
    }

    /** This directory's entry {@code name}. */
    public UnixPath resolve(UnixPath name) {
        boolean needsSlash = bytes.length > 0 && bytes[bytes.length - 1] != '/';
        byte[] joined = Arrays.copyOf(bytes, bytes.length + (needsSlash ? 1 : 0) + name.bytes.length);
        if (needsSlash) {
            joined[bytes.length] = '/';
        }
        System.arraycopy(name.bytes, 0, joined, joined.length - name.bytes.length, name.bytes.length);
        return new UnixPath(joined);
    }

    /** This directory's entry {@code name}, encoded as UTF-8. */
    public UnixPath resolve(String name) {
        return resolve(of(name));
    }

    private int lastSlash() {
        for (int i = bytes.length - 1; i >= 0; i--) {
            if (bytes[i] == '/') {
                return i;
            }
        }
        return -1;
    }

    @Override
    public int compareTo(UnixPath other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof UnixPath path && Arrays.equals(bytes, path.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** The path for people: UTF-8, control characters and invalid bytes written as {@code \\xNN}. Not to be parsed. */
    @Override
    public String toString() {
        String text = new String(bytes, StandardCharsets.UTF_8);
        return isPlain(text) ? text : escaped();
    }

    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '\uFFFD' || Character.isISOControl(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private String escaped() {
        StringBuilder escaped = new StringBuilder();
        for (byte b : bytes) {
            if (b >= 0x20 && b < 0x7f) {
                escaped.append((char) b);
            } else {
                escaped.append("\\x").append(Character.forDigit((b >> 4) & 15, 16)).append(Character.forDigit(b & 15, 16));
            }
        }
        return escaped.toString();
    }
}
