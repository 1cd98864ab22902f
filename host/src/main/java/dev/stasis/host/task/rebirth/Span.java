package dev.stasis.host.task.rebirth;

import dev.stasis.host.state.PageRun;
import java.util.ArrayList;
import java.util.List;

/**
 * A range of addresses.
 *
 * @param start the first, as an unsigned number
 * @param end the first behind it
 */
record Span(long start, long end) {

    /** Where the pages of {@code runs} and of {@code more}, both ascending, lie: ascending, joined where they touch. */
    static List<Span> of(List<PageRun> runs, List<PageRun> more) {
        List<Span> spans = new ArrayList<>(runs.size());
        int next = 0;
        for (PageRun run : runs) {
            while (next < more.size() && more.get(next).start().compareTo(run.start()) < 0) {
                add(spans, more.get(next++));
            }
            add(spans, run);
        }
        while (next < more.size()) {
            add(spans, more.get(next++));
        }
        return spans;
    }

    private static void add(List<Span> spans, PageRun run) {
        long start = run.start().value();
        int last = spans.size() - 1;
        if (last >= 0 && spans.get(last).end == start) {
            spans.set(last, new Span(spans.get(last).start, start + run.length()));
        } else {
            spans.add(new Span(start, start + run.length()));
        }
    }

    /** What {@code all} has and {@code others} have too; both ascending without overlap. */
    static List<Span> common(List<Span> all, List<Span> others) {
        List<Span> common = new ArrayList<>();
        int from = 0;
        for (Span one : all) {
            while (from < others.size() && Long.compareUnsigned(others.get(from).end, one.start) <= 0) {
                from++;
            }
            for (int i = from; i < others.size() && Long.compareUnsigned(others.get(i).start, one.end) < 0; i++) {
                common.add(new Span(max(one.start, others.get(i).start), min(one.end, others.get(i).end)));
            }
        }
        return common;
    }

    /** What {@code all} has and {@code others} have not; both ascending without overlap. */
    static List<Span> without(List<Span> all, List<Span> others) {
        List<Span> left = new ArrayList<>();
        int from = 0;
        for (Span one : all) {
            while (from < others.size() && Long.compareUnsigned(others.get(from).end, one.start) <= 0) {
                from++;
            }
            long start = one.start;
            for (int i = from; i < others.size() && Long.compareUnsigned(others.get(i).start, one.end) < 0; i++) {
                if (Long.compareUnsigned(others.get(i).start, start) > 0) {
                    left.add(new Span(start, others.get(i).start));
                }
                start = max(start, others.get(i).end);
            }
            if (Long.compareUnsigned(start, one.end) < 0) {
                left.add(new Span(start, one.end));
            }
        }
        return left;
    }

    private static long max(long one, long other) {
        return Long.compareUnsigned(one, other) > 0 ? one : other;
    }

    private static long min(long one, long other) {
        return Long.compareUnsigned(one, other) < 0 ? one : other;
    }

    /** Its size in bytes. */
    long length() {
        return end - start;
    }
}
