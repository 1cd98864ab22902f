package dev.stasis.linux.internal;

import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.UnixPath;

/**
 * One thread's memory for the arguments of the call it is about to make: paths and small structures.
 *
 * <p>{@link #take()} starts afresh; what was handed out before is then void. A typed call takes it first thing, makes its
 * one system call and copies the answer out, so no two uses ever meet.
 */
public final class Scratch {
    private static final int SIZE = 1 << 17;
    private static final byte[] OWN_DESCRIPTORS = {'/', 'p', 'r', 'o', 'c', '/', 's', 'e', 'l', 'f', '/', 'f', 'd', '/'};
    private static final int LONGEST_NUMBER = 10;
    private static final ThreadLocal<Scratch> OF_THREAD = new ThreadLocal<>();

    private final NativeMemory memory = NativeMemory.allocate(SIZE);
    private int used;

    private Scratch() {}

    /** This thread's scratch memory, empty. */
    public static Scratch take() {
        Scratch scratch = OF_THREAD.get();
        if (scratch == null) {
            scratch = new Scratch();
            OF_THREAD.set(scratch);
        }
        scratch.used = 0;
        return scratch;
    }

    /** Reserves {@code size} bytes, 8-aligned, not cleared; returns their offset in {@link #memory()}. */
    public int reserve(int size) {
        int offset = used;
        used = (used + size + 7) & ~7;
        if (used > SIZE) {
            throw new IllegalArgumentException("call arguments of " + size + " bytes are too large");
        }
        return offset;
    }

    /** Reserves {@code size} cleared bytes; returns their offset. */
    public int reserveCleared(int size) {
        int offset = reserve(size);
        memory.clear(offset, size);
        return offset;
    }

    /** The address of {@code offset} in this process. */
    public long address(int offset) {
        return memory.address() + offset;
    }

    /** Copies {@code bytes} in and returns their address. */
    public long bytes(byte[] bytes) {
        int offset = reserve(bytes.length);
        memory.put(offset, bytes);
        return address(offset);
    }

    /** Copies {@code path} in, with a NUL behind it, and returns its address. */
    public long path(UnixPath path) {
        int offset = reserve(path.length() + 1);
        path.copyTo(memory, offset);
        return address(offset);
    }

    /** Writes the path of descriptor {@code number} of this process below /proc/self/fd, and returns its address. */
    public long ownDescriptor(int number) {
        int at = reserve(OWN_DESCRIPTORS.length + LONGEST_NUMBER + 1);
        memory.put(at, OWN_DESCRIPTORS);
        int digits = 1;
        for (int rest = number; rest >= 10; rest /= 10) {
            digits++;
        }
        int end = at + OWN_DESCRIPTORS.length + digits;
        memory.putByte(end, (byte) 0);
        for (int i = 1, rest = number; i <= digits; i++, rest /= 10) {
            memory.putByte(end - i, (byte) ('0' + rest % 10));
        }
        return address(at);
    }

    /** The memory that offsets refer to. */
    public NativeMemory memory() {
        return memory;
    }
}
