package dev.stasis.linux;

import com.kenai.jffi.MemoryIO;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A piece of this process's memory outside the Java heap, at a fixed address, for what the kernel reads or writes.
 *
 * <p>Little-endian, zeroed at first. It lives as long as this object is reachable; keep it reachable until the call that
 * uses its address has returned.
 */
public final class NativeMemory {
    private final ByteBuffer buffer;
    private final long address;

    private NativeMemory(ByteBuffer buffer) {
        this.buffer = buffer;
        this.address = MemoryIO.getInstance().getDirectBufferAddress(buffer);
    }

    /** Allocates {@code size} zeroed bytes. */
    public static NativeMemory allocate(int size) {
        return new NativeMemory(ByteBuffer.allocateDirect(size).order(ByteOrder.LITTLE_ENDIAN));
    }

    /** The address of the first byte in this process. */
    public long address() {
        return address;
    }

    /** How many bytes there are. */
    public int size() {
        return buffer.capacity();
    }

    /** The bytes as a buffer: the same memory, position 0, little-endian. */
    public ByteBuffer buffer() {
        return buffer.duplicate().order(ByteOrder.LITTLE_ENDIAN).clear();
    }

    public byte getByte(int offset) {
        return buffer.get(offset);
    }

    public short getShort(int offset) {
        return buffer.getShort(offset);
    }

    public int getInt(int offset) {
        return buffer.getInt(offset);
    }

    public long getLong(int offset) {
        return buffer.getLong(offset);
    }

    public NativeMemory putByte(int offset, byte value) {
        buffer.put(offset, value);
        return this;
    }

    public NativeMemory putInt(int offset, int value) {
        buffer.putInt(offset, value);
        return this;
    }

    public NativeMemory putLong(int offset, long value) {
        buffer.putLong(offset, value);
        return this;
    }

    /** Copies {@code bytes} here, the first one to {@code offset}. */
    public NativeMemory put(int offset, byte[] bytes) {
        buffer.put(offset, bytes);
        return this;
    }

    /** A copy of {@code length} bytes from {@code offset}. */
    public byte[] get(int offset, int length) {
        byte[] copy = new byte[length];
        buffer.get(offset, copy);
        return copy;
    }

    /** Copies {@code length} of {@code bytes}, the first of them at {@code from}, to {@code offset}. */
    public NativeMemory put(int offset, byte[] bytes, int from, int length) {
        buffer.put(offset, bytes, from, length);
        return this;
    }

    /** Copies {@code length} of {@code longs}, the first of them at {@code from}, to {@code offset}, a multiple of eight. */
    public NativeMemory put(int offset, long[] longs, int from, int length) {
        buffer.asLongBuffer().put(offset / Long.BYTES, longs, from, length);
        return this;
    }

    /** Copies the bytes from {@code offset} on over {@code length} of {@code bytes}, the first of them at {@code to}. */
    public void get(int offset, byte[] bytes, int to, int length) {
        buffer.get(offset, bytes, to, length);
    }

    /** Copies the longs from {@code offset}, a multiple of eight, on over {@code length} of {@code longs}, the first of them at {@code to}. */
    public void get(int offset, long[] longs, int to, int length) {
        buffer.asLongBuffer().get(offset / Long.BYTES, longs, to, length);
    }

    /** Copies {@code length} bytes from {@code fromOffset} of {@code from} to {@code offset} here. */
    public NativeMemory copy(int offset, NativeMemory from, int fromOffset, int length) {
        buffer.put(offset, from.buffer, fromOffset, length);
        return this;
    }

    /** Whether the {@code length} bytes at {@code offset} are those at {@code otherOffset} of {@code other}. */
    public boolean isSame(int offset, NativeMemory other, int otherOffset, int length) {
        int word = 0;
        while (word + Long.BYTES <= length) {
            if (buffer.getLong(offset + word) != other.buffer.getLong(otherOffset + word)) {
                return false;
            }
            word += Long.BYTES;
        }
        while (word < length) {
            if (buffer.get(offset + word) != other.buffer.get(otherOffset + word)) {
                return false;
            }
            word++;
        }
        return true;
    }

    /** Sets {@code length} bytes from {@code offset} to zero. */
    public void clear(int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            buffer.put(i, (byte) 0);
        }
    }
}
