package dev.stasis.host.task.rebirth;

import dev.stasis.host.state.Mapping;
import dev.stasis.host.state.PageRun;
import dev.stasis.host.state.Pages;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Fills private memory. The task reads what it can write itself straight from the pages file, many pieces in one call; the
 * rest is written from outside.
 */
final class Contents {
    private static final int MOST_PIECES = 1024;
    private static final int IOVEC = 16;
    private static final int PIECE = 1 << 20;
    /** The kernel moves at most this much in one call. */
    private static final long MOST_BYTES = 0x7fff_f000L;

    private final Newborn task;
    private final List<Mapping> mappings;
    private final Heritage heritage;

    private final long[] addresses = new long[MOST_PIECES];
    private final long[] lengths = new long[MOST_PIECES];
    private int pieces;
    private long piecesBytes;
    private long piecesOffset;
    private int pagesFile = -1;
    private NativeMemory piece;

    Contents(Newborn task, List<Mapping> mappings, Heritage heritage) {
        this.task = task;
        this.heritage = heritage;
        this.mappings = mappings;
    }

    /** Fills the mappings that are there with {@code pages}; those of the kernel's mappings are left out. */
    void fill(Pages pages) {
        int next = 0;
        for (PageRun run : pages.runs()) {
            long done = 0;
            while (done < run.length()) {
                long address = run.start().value() + done;
                while (next < mappings.size() && Long.compareUnsigned(mappings.get(next).end().value(), address) <= 0) {
                    next++;
                }
                if (next == mappings.size() || Long.compareUnsigned(mappings.get(next).start().value(), address) > 0) {
                    throw unmapped(address);
                }
                Mapping mapping = mappings.get(next);
                long length = Math.min(run.length() - done, mapping.end().value() - address);
                place(mapping, address, length, run.imageOffset() + done, pages);
                done += length;
            }
        }
        flush(pages);
        if (pagesFile >= 0) {
            task.closeDescriptor(pagesFile);
            pagesFile = -1;
        }
    }

    private void place(Mapping mapping, long address, long length, long offset, Pages pages) {
        if (mapping.kind().isKernels()) {
            return;
        }
        if (!isWritable(mapping)) {
            write(address, length, offset, pages);
            return;
        }
        if (pieces == MOST_PIECES || pieces > 0 && offset != piecesOffset + piecesBytes) {
            flush(pages);
        }
        if (pieces == 0) {
            piecesOffset = offset;
        }
        if (pieces > 0 && addresses[pieces - 1] + lengths[pieces - 1] == address) {
            lengths[pieces - 1] += length;
        } else {
            addresses[pieces] = address;
            lengths[pieces] = length;
            pieces++;
        }
        piecesBytes += length;
    }

    /** What was kept has its final protection already. */
    private boolean isWritable(Mapping mapping) {
        return heritage.isKept() ? (mapping.protection() & MappingPlan.PROT_WRITE) != 0 : MappingPlan.isWritableAtFirst(mapping);
    }

    /** Has the task read all pieces collected; a call may do less than asked, and is then followed by another. */
    private void flush(Pages pages) {
        int first = 0;
        while (piecesBytes > 0) {
            if (pagesFile < 0) {
                pagesFile = task.receive(pages.descriptor());
            }
            long count = read(first);
            if (count == 0) {
                throw truncated();
            }
            piecesBytes -= count;
            piecesOffset += count;
            while (first < pieces && count >= lengths[first]) {
                count -= lengths[first++];
            }
            if (count > 0) {
                addresses[first] += count;
                lengths[first] -= count;
            }
        }
        pieces = 0;
    }

    private long read(int first) {
        int mark = task.arena.mark();
        ByteBuffer vector = Arena.structure((pieces - first) * IOVEC);
        long total = 0;
        int count = 0;
        while (first + count < pieces && total < MOST_BYTES) {
            vector.putLong(count * IOVEC, addresses[first + count]).putLong(count * IOVEC + 8, lengths[first + count]);
            total += lengths[first + count];
            count++;
        }
        long result = task.call("preadv", SyscallNumber.PREADV, pagesFile, task.arena.put(vector), count, piecesOffset, 0);
        task.arena.reset(mark);
        return result;
    }

    /** The kernel lets a tracer write where the task itself may not. */
    private void write(long address, long length, long offset, Pages pages) {
        if (piece == null) {
            piece = NativeMemory.allocate(PIECE);
        }
        for (long done = 0; done < length; ) {
            int count = FileCalls.readAt(pages.descriptor(), piece, (int) Math.min(PIECE, length - done), offset + done);
            if (count == 0) {
                throw truncated();
            }
            done += FileCalls.writeAt(task.memory.descriptor(), piece, count, address + done);
        }
    }

    private StasisException unmapped(long address) {
        return new StasisException(new Problem(RebirthError.BAD_RECORDS, RestorePlan.subject(task.state),
                "the image has a page for " + new RemoteAddress(address) + ", where nothing is mapped", "dump again"));
    }

    static StasisException truncated() {
        return new StasisException(new Problem(RebirthError.BAD_RECORDS, "the pages file", "it ends before the pages it is said to hold",
                "dump again"));
    }
}
