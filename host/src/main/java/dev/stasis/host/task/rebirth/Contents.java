package dev.stasis.host.task.rebirth;

import dev.stasis.host.state.Mapping;
import dev.stasis.host.state.PageRun;
import dev.stasis.host.state.Pages;
import dev.stasis.linux.CallList;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
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
    private CallList.Call pagesFile;
    private final List<Reading> readings = new ArrayList<>();
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
        if (pagesFile != null) {
            complete();
            task.closeDescriptor(pagesFile);
            pagesFile = null;
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

    /** Has the task read all pieces collected, later. */
    private void flush(Pages pages) {
        if (pieces == 0) {
            return;
        }
        if (pagesFile == null) {
            pagesFile = task.receiveLater(pages.descriptor());
        }
        Reading reading = new Reading(Arrays.copyOf(addresses, pieces), Arrays.copyOf(lengths, pieces), piecesOffset, piecesBytes);
        reading.goOn();
        readings.add(reading);
        pieces = 0;
        piecesBytes = 0;
    }

    /** A call may do less than asked, and is then followed by another. */
    private void complete() {
        task.settle();
        for (Reading reading : readings) {
            while (reading.left > 0) {
                reading.goOn();
                task.settle();
            }
        }
        readings.clear();
    }

    /** Pieces of memory that the task reads out of consecutive bytes of the pages file. */
    private final class Reading implements CallQueue.Outcome {
        private final long[] starts;
        private final long[] sizes;
        private int first;
        private long offset;
        private long left;

        Reading(long[] starts, long[] sizes, long offset, long left) {
            this.starts = starts;
            this.sizes = sizes;
            this.offset = offset;
            this.left = left;
        }

        void goOn() {
            ByteBuffer vector = Arena.structure((starts.length - first) * IOVEC);
            long total = 0;
            int count = 0;
            while (first + count < starts.length && total < MOST_BYTES) {
                vector.putLong(count * IOVEC, starts[first + count]).putLong(count * IOVEC + 8, sizes[first + count]);
                total += sizes[first + count];
                count++;
            }
            task.leader().later(this, "preadv", SyscallNumber.PREADV, pagesFile, vector.array(), count, offset, 0);
        }

        @Override
        public void check(long result) {
            if (result == 0) {
                throw truncated();
            }
            long count = Math.max(result, 0);
            left -= count;
            offset += count;
            while (first < sizes.length && count >= sizes[first]) {
                count -= sizes[first++];
            }
            if (count > 0) {
                starts[first] += count;
                sizes[first] -= count;
            }
        }
    }

    /** The kernel lets a tracer write where the task itself may not. */
    private void write(long address, long length, long offset, Pages pages) {
        task.settle();
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
