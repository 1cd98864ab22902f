package dev.stasis.host.task.read;

import dev.stasis.host.state.PageRun;
import dev.stasis.host.state.PagesOutput;
import dev.stasis.linux.KernelException;
import java.util.ArrayList;
import java.util.List;

/**
 * Copies pieces of memory, in order, to one file, by one or two threads: each takes the next chunk, reads it, is told by the
 * chunk before where it begins in the file, and writes it.
 */
final class PageCopy {
    private final List<PageScanner.Piece> pieces;
    private final PagesOutput output;
    private final List<Long> underWay = new ArrayList<>(2);
    private final List<PageRun> runs = new ArrayList<>();
    private int piece;
    private long done;
    private int taken;
    private int placed;
    private long offset;
    private boolean failed;

    PageCopy(List<PageScanner.Piece> pieces, PagesOutput output) {
        this.pieces = pieces;
        this.output = output;
    }

    /** How many bytes there are to look at. */
    long length() {
        long length = 0;
        for (PageScanner.Piece each : pieces) {
            length += each.length();
        }
        return length;
    }

    /** Copies chunk after chunk through {@code chunk} until nothing is left. */
    void work(PageChunk chunk) {
        boolean done = false;
        try {
            for (int number = next(chunk); number >= 0; number = next(chunk)) {
                chunk.read();
                long at = place(number, chunk);
                write(chunk, at);
                written(at);
            }
            done = true;
        } finally {
            if (!done) {
                fail();
            }
        }
    }

    private void write(PageChunk chunk, long at) {
        try {
            chunk.write(output.descriptor(), at);
        } catch (KernelException e) {
            throw output.refused(e);
        }
    }

    /** Fills {@code chunk} with what comes next; returns its number, -1 when nothing is left. */
    private synchronized int next(PageChunk chunk) {
        chunk.clear();
        while (piece < pieces.size() && !failed) {
            PageScanner.Piece from = pieces.get(piece);
            int added = chunk.add(from.start().plus(done), from.length() - done, from.anonymous());
            if (added == 0) {
                break;
            }
            done += added;
            if (done == from.length()) {
                piece++;
                done = 0;
            }
        }
        return chunk.isEmpty() ? -1 : taken++;
    }

    private synchronized long place(int number, PageChunk chunk) {
        while (placed != number && !failed) {
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                failed = true;
            }
        }
        if (failed) {
            throw new IllegalStateException("the copy of memory was given up");
        }
        long at = offset;
        chunk.addRuns(runs, at);
        underWay.add(at);
        offset += chunk.kept();
        placed++;
        notifyAll();
        return at;
    }

    /** What lies before all chunks that are still being written will not change any more. */
    private synchronized void written(long at) {
        underWay.remove(Long.valueOf(at));
        long settled = offset;
        for (long start : underWay) {
            settled = Math.min(settled, start);
        }
        output.written(settled);
    }

    private synchronized void fail() {
        failed = true;
        notifyAll();
    }

    /** What was written, once all threads are through. */
    synchronized List<PageRun> runs() {
        return runs;
    }
}
