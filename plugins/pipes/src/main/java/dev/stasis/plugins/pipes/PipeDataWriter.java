package dev.stasis.plugins.pipes;

import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.plugins.pipes.proto.pipe_data_entry;

/**
 * Writes a {@link PipeDataFile}: entries and contents are put together in memory, where contents are read to, and go to the
 * file in large pieces that end with a page.
 */
final class PipeDataWriter {
    private static final int PAGE = 4096;
    private static final int PIECE = 1 << 20;

    private final Fd file;
    private final PipeContents contents;
    private NativeMemory memory = NativeMemory.allocate(PIECE);
    private int used;
    private long written;

    /** Writes to {@code file}, which is borrowed as is {@code contents}, the magic words first. */
    PipeDataWriter(Fd file, PipeDataFile kind, PipeContents contents) {
        this.file = file;
        this.contents = contents;
        memory.putInt(0, PipeDataFile.COMMON_MAGIC).putInt(Integer.BYTES, kind.magic());
        used = 2 * Integer.BYTES;
    }

    /** Adds an empty pipe. */
    void add(pipe_data_entry.Builder entry) {
        byte[] bytes = entry.build().toByteArray();
        reserve(Integer.BYTES + bytes.length);
        put(bytes);
    }

    /** Adds a pipe with the {@code bytes} bytes that are in {@code pipe}, which is open for reading and has {@code capacity}. */
    void add(pipe_data_entry.Builder entry, Fd pipe, int bytes, int capacity) {
        byte[] plain = entry.build().toByteArray();
        reserve(Integer.BYTES + plain.length + bytes + PipeContents.ROOM_BEHIND);
        int at = used + Integer.BYTES + plain.length;
        contents.read(pipe, bytes, capacity, memory, at);
        if (contents.pieces().isEmpty()) {
            put(plain);
        } else {
            // The entry is longer than was thought, which is rare.
            byte[] read = memory.get(at, bytes);
            byte[] divided = entry.addAllPieces(contents.pieces()).build().toByteArray();
            reserve(Integer.BYTES + divided.length + bytes);
            put(divided);
            memory.put(used, read);
        }
        used += bytes;
    }

    private void put(byte[] entry) {
        memory.putInt(used, entry.length).put(used + Integer.BYTES, entry);
        used += Integer.BYTES + entry.length;
    }

    private void reserve(int length) {
        if (memory.size() - used < length) {
            int whole = used / PAGE * PAGE;
            FileCalls.write(file, memory, whole);
            written += whole;
            NativeMemory from = memory;
            if (length + PAGE > memory.size()) {
                memory = NativeMemory.allocate(length + PAGE);
            }
            memory.put(0, from.get(whole, used - whole));
            used -= whole;
        }
    }

    /** Writes what is left; returns how long the file is. */
    long finish() {
        FileCalls.write(file, memory, used);
        written += used;
        used = 0;
        return written;
    }
}
