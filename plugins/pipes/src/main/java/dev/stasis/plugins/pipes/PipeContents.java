package dev.stasis.plugins.pipes;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.fs.PipeCalls;
import java.util.ArrayList;
import java.util.List;

/**
 * Copies what is in pipes without taking it out: tee(2) makes a second pipe refer to the same pages, and that one is read.
 *
 * <p>A packet (O_DIRECT) ends a read. So one byte is written behind the copy: if a single read gets all including that byte,
 * there is no packet among it. Else, or where there was no room for that byte, it is taken apart buffer by buffer.
 */
final class PipeContents implements AutoCloseable {
    /** How much more than the contents is read at times. */
    static final int ROOM_BEHIND = 4096;

    private static final int PAGE = 4096;
    private static final int USUAL = 1 << 16;
    private static final OpenFlags NONBLOCK = OpenFlags.NONBLOCK;

    private PipeCalls.Ends copy;
    private int room;
    private final List<Integer> pieces = new ArrayList<>();

    /** How they are divided, twice the length each, plus 1 for a packet; empty when there are no packets. */
    List<Integer> pieces() {
        return pieces;
    }

    /**
     * Copies the {@code bytes} bytes that are in {@code pipe}, which is open for reading and has {@code capacity}, to
     * {@code at} of {@code memory}, where there is room for {@value #ROOM_BEHIND} more.
     */
    void read(Fd pipe, int bytes, int capacity, NativeMemory memory, int at) {
        pieces.clear();
        fetch(pipe, bytes, capacity);
        PipeCalls.tryWrite(copy.write(), memory, 0, 1);
        if (PipeCalls.read(copy.read(), memory, at, bytes + 1) == bytes + 1) {
            return;
        }
        close();
        fetch(pipe, bytes, capacity);
        takeApart(bytes, memory, at);
        close();
    }

    private void fetch(Fd pipe, int bytes, int capacity) {
        if (copy == null || room < capacity) {
            renew(capacity);
        }
        int copied = PipeCalls.tee(pipe, copy.write(), bytes);
        if (copied != bytes) {
            throw new KernelException("tee", pipe, Errno.EIO);
        }
    }

    /** Twice the room, for the byte behind; only once where that is more than this process may have. */
    private void renew(int capacity) {
        close();
        copy = PipeCalls.create(NONBLOCK);
        room = Math.max(capacity, USUAL);
        try {
            PipeCalls.capacity(copy.write(), 2 * room);
        } catch (KernelException e) {
            if (!e.is(Errno.EPERM)) {
                throw e;
            }
            PipeCalls.capacity(copy.write(), room);
        }
    }

    private void takeApart(int bytes, NativeMemory memory, int at) {
        int done = 0;
        try (PipeCalls.Ends one = PipeCalls.create(NONBLOCK); PipeCalls.Ends two = PipeCalls.create(NONBLOCK)) {
            PipeCalls.capacity(one.write(), PAGE);
            PipeCalls.capacity(two.write(), 2 * PAGE);
            while (done < bytes) {
                done += takeOne(bytes - done, one, two, memory, at + done);
            }
        }
        if (pieces.size() == 1 && (pieces.get(0) & 1) == 0) {
            pieces.clear();
        }
    }

    /** Moves one buffer to {@code one}, which has room for no more, and looks at a copy in {@code two}. */
    private int takeOne(int left, PipeCalls.Ends one, PipeCalls.Ends two, NativeMemory memory, int at) {
        PipeCalls.move(copy.read(), one.write(), left);
        int length = PipeCalls.available(one.read());
        PipeCalls.tee(one.read(), two.write(), length);
        PipeCalls.tryWrite(two.write(), memory, 0, 1);
        boolean packet = PipeCalls.read(two.read(), memory, at, length + 1) == length;
        if (packet) {
            PipeCalls.read(two.read(), memory, at + length, 1);
        }
        PipeCalls.read(one.read(), memory, at, length);
        add(length, packet);
        return length;
    }

    private void add(int length, boolean packet) {
        int last = pieces.size() - 1;
        if (!packet && last >= 0 && (pieces.get(last) & 1) == 0) {
            pieces.set(last, pieces.get(last) + 2 * length);
        } else {
            pieces.add(2 * length + (packet ? 1 : 0));
        }
    }

    @Override
    public void close() {
        if (copy != null) {
            copy.close();
            copy = null;
            room = 0;
        }
    }
}
