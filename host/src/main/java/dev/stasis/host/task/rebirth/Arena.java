package dev.stasis.host.task.rebirth;

import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.ptrace.RemoteMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Memory of a task under construction that is lent to the calls made in it: their structures and results. */
final class Arena {
    private static final int ALIGNMENT = 16;

    private final RemoteMemory memory;
    private final RemoteAddress start;
    private final int size;
    private final CallQueue queue;
    private int used;
    private int borrowers;

    /** Of {@code size} bytes at {@code start}; what calls in {@code queue} may refer to is not lent again. */
    Arena(RemoteMemory memory, RemoteAddress start, int size, CallQueue queue) {
        this.memory = memory;
        this.start = start;
        this.size = size;
        this.queue = queue;
    }

    /** A structure of {@code size} zeroed bytes, little-endian, to be filled and then {@link #put}. */
    static ByteBuffer structure(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    RemoteAddress base() {
        return start;
    }

    /** How much is used: give it to {@link #reset} to take back what was lent since. Each is given back, the last one first. */
    int mark() {
        if (borrowers == 0) {
            if (used > size / 2) {
                queue.make();
            }
            used = queue.isEmpty() ? 0 : used;
        }
        borrowers++;
        return used;
    }

    void reset(int mark) {
        borrowers--;
        if (queue.isEmpty()) {
            used = mark;
        }
    }

    int free() {
        return size - used;
    }

    /** Lends {@code length} bytes of no particular content. */
    RemoteAddress reserve(int length) {
        if (length > free()) {
            throw new IllegalArgumentException("the arena lends " + size + " bytes; " + length + " more are too many");
        }
        RemoteAddress address = start.plus(used);
        used = (used + length + ALIGNMENT - 1) & -ALIGNMENT;
        return address;
    }

    /** Lends memory that holds {@code structure}. */
    long put(ByteBuffer structure) {
        return put(structure.array()).value();
    }

    /** Lends memory that holds {@code bytes}. */
    RemoteAddress put(byte[] bytes) {
        RemoteAddress address = reserve(bytes.length);
        memory.write(address, bytes);
        return address;
    }
}
