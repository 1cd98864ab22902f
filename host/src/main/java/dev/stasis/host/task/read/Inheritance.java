package dev.stasis.host.task.read;

import dev.stasis.host.state.PageRun;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.memory.PageFrames;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Sorts the pages of a process into its own and those that it still shares with its parent since fork(2), because neither has
 * written to them.
 *
 * <p>The kernel may move pages between two looks, and give their old place to others. So each is looked at twice: the places of
 * both processes, then those of both again. Only what is the same in all four is taken for the same page.
 */
final class Inheritance {
    /** Pages that are looked at together: few enough for the numbers to stay in the processor's cache. */
    private static final int AT_ONCE = 1 << 12;

    private final List<PageScanner.Piece> own = new ArrayList<>();
    private final List<PageRun> inherited = new ArrayList<>();
    private final long[][] looks;

    private Inheritance(long[][] looks) {
        this.looks = looks;
    }

    /** Room for looking at pages, which serves for one process after the other. */
    static long[][] room() {
        return new long[4][AT_ONCE];
    }

    /** Sorts {@code pieces} of process {@code pid}, both processes standing still, in {@code room}. */
    static Inheritance of(List<PageScanner.Piece> pieces, Pid pid, Pid parent, long[][] room) {
        Inheritance inheritance = new Inheritance(room);
        try (PageFrames child = PageFrames.open(pid); PageFrames ancestor = PageFrames.open(parent)) {
            for (int i = 0; i < pieces.size(); i++) {
                inheritance.sort(pieces.get(i), child, ancestor);
            }
        }
        return inheritance;
    }

    /** What has to be written. */
    List<PageScanner.Piece> own() {
        return own;
    }

    /** What the parent has. */
    List<PageRun> inherited() {
        return inherited;
    }

    private void sort(PageScanner.Piece piece, PageFrames child, PageFrames parent) {
        if (piece.kernels()) {
            own.add(piece);
            return;
        }
        for (long done = 0; done < piece.length(); ) {
            int pages = (int) Math.min(AT_ONCE, (piece.length() - done) / PageRun.PAGE);
            RemoteAddress start = piece.start().plus(done);
            look(start, pages, child, parent);
            sort(start, pages, piece.anonymous());
            done += (long) pages * PageRun.PAGE;
        }
    }

    private void look(RemoteAddress start, int pages, PageFrames child, PageFrames parent) {
        child.read(start, pages, looks[0]);
        parent.read(start, pages, looks[1]);
        boolean some = false;
        for (int i = 0; i < pages && !some; i++) {
            some = looks[0][i] != 0 && looks[0][i] == looks[1][i];
        }
        if (some) {
            child.read(start, pages, looks[2]);
            parent.read(start, pages, looks[3]);
        } else {
            Arrays.fill(looks[0], 0, pages, 0);
        }
    }

    private void sort(RemoteAddress start, int pages, boolean anonymous) {
        int from = 0;
        while (from < pages) {
            boolean shared = isShared(from);
            int to = from + 1;
            while (to < pages && isShared(to) == shared) {
                to++;
            }
            RemoteAddress first = start.plus((long) from * PageRun.PAGE);
            if (shared) {
                inherited.add(new PageRun(first, to - from, 0));
            } else {
                own.add(new PageScanner.Piece(first, (long) (to - from) * PageRun.PAGE, anonymous, false));
            }
            from = to;
        }
    }

    private boolean isShared(int page) {
        long place = looks[0][page];
        return place != 0 && place == looks[1][page] && place == looks[2][page] && place == looks[3][page];
    }
}
