package dev.stasis.linux.ptrace;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A signal on its way, with all that its sender gave along: the kernel's {@code siginfo_t}, {@value #SIZE} bytes.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/sigaction.2.html">sigaction(2)</a>
 */
public record SignalInfo(byte[] bytes) {
    public static final int SIZE = 128;

    public SignalInfo {
        if (bytes.length != SIZE) {
            throw new IllegalArgumentException("a siginfo has " + SIZE + " bytes, not " + bytes.length);
        }
        bytes = bytes.clone();
    }

    /** The signal's number. */
    public int signal() {
        return at(0);
    }

    /** Why it was sent. */
    public int code() {
        return at(8);
    }

    private int at(int offset) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(offset);
    }

    @Override
    public byte[] bytes() {
        return bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SignalInfo info && Arrays.equals(bytes, info.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "signal " + signal() + " code " + code();
    }
}
