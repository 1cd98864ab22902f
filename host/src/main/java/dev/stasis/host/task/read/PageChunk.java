package dev.stasis.host.task.read;

import dev.stasis.host.state.PageRun;
import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.memory.MemoryGather;
import dev.stasis.linux.ptrace.RemoteMemory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A buffer full of pages on their way from a process to an image: filled by one call wherever the memory is readable for the
 * process, emptied by one call. Pages of anonymous memory that hold only zeros are left out. One thread at a time.
 */
final class PageChunk {
    /** Small enough to stay in the processor's cache between the two copies. */
    static final int SIZE = 1 << 19;

    private static final int PAGE = PageRun.PAGE;

    private final NativeMemory buffer;
    private final MemoryGather gather;
    private final RemoteMemory memory;
    private final boolean shared;
    private final List<PageScanner.Piece> pieces = new ArrayList<>();
    private final List<PageRun> runs = new ArrayList<>();
    private int kept;

    /** For pages of process {@code pid}, in {@code buffer}; when they may be {@code shared} since fork(2), they stay so. */
    PageChunk(Pid pid, RemoteMemory memory, NativeMemory buffer, boolean shared) {
        this.shared = shared;
        this.buffer = buffer;
        this.memory = memory;
        this.gather = new MemoryGather(pid, buffer);
    }

    /** Takes as much of {@code length} bytes at {@code start} as there is room for; returns how much, 0 when it is full. */
    int add(RemoteAddress start, long length, boolean anonymous) {
        int taken = gather.add(start, length);
        if (taken > 0) {
            pieces.add(new PageScanner.Piece(start, taken, anonymous, false));
        }
        return taken;
    }

    /** Forgets all it holds. */
    void clear() {
        pieces.clear();
        runs.clear();
        gather.clear();
        kept = 0;
    }

    boolean isEmpty() {
        return pieces.isEmpty();
    }

    /** Reads what was added and leaves out what is zero. */
    void read() {
        if (shared) {
            gather.readShared(memory.descriptor());
        } else if (!gather.read()) {
            readEach();
        }
        int at = 0;
        for (PageScanner.Piece piece : pieces) {
            keep(piece, at);
            at += (int) piece.length();
        }
    }

    /** Some of it is not readable for the process itself: read piece by piece, whatever the protection. */
    private void readEach() {
        int at = 0;
        for (PageScanner.Piece piece : pieces) {
            byte[] bytes = memory.read(piece.start(), (int) piece.length());
            buffer.put(at, bytes);
            at += bytes.length;
        }
    }

    private void keep(PageScanner.Piece piece, int at) {
        int end = at + (int) piece.length();
        int from = at;
        while (from < end) {
            int to = from;
            while (to < end && !(piece.anonymous() && isZero(to))) {
                to += PAGE;
            }
            if (to > from) {
                keep(piece.start().plus(from - at), from, to - from);
            }
            from = to + PAGE;
        }
    }

    /** Moves {@code length} bytes at {@code from} down to where those kept before end. */
    private void keep(RemoteAddress start, int from, int length) {
        if (from != kept) {
            ByteBuffer target = buffer.buffer().position(kept);
            target.put(buffer.buffer().position(from).limit(from + length));
        }
        runs.add(new PageRun(start, length / PAGE, kept));
        kept += length;
    }

    private boolean isZero(int from) {
        for (int i = 0; i < PAGE; i += Long.BYTES) {
            if (buffer.getLong(from + i) != 0) {
                return false;
            }
        }
        return true;
    }

    /** How many bytes it has to write. */
    int kept() {
        return kept;
    }

    /** Writes them to {@code file} at {@code offset}. */
    void write(Fd file, long offset) {
        int done = 0;
        while (done < kept) {
            int count = done == 0 ? FileCalls.writeAt(file, buffer, kept, offset)
                    : FileCalls.writeAt(file, rest(done), kept - done, offset + done);
            if (count == 0) {
                throw new KernelException("pwrite", file, Errno.ENOSPC);
            }
            done += count;
        }
    }

    private NativeMemory rest(int done) {
        return NativeMemory.allocate(kept - done).put(0, buffer.get(done, kept - done));
    }

    /** Adds its runs to {@code all}, as they stand in the image when this chunk is written at {@code offset}. */
    void addRuns(List<PageRun> all, long offset) {
        for (PageRun run : runs) {
            int last = all.size() - 1;
            PageRun before = last >= 0 ? all.get(last) : null;
            if (before != null && before.start().value() + before.length() == run.start().value()) {
                all.set(last, new PageRun(before.start(), before.pages() + run.pages(), before.imageOffset()));
            } else {
                all.add(new PageRun(run.start(), run.pages(), offset + run.imageOffset()));
            }
        }
    }
}
