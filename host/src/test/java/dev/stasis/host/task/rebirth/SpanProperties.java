package dev.stasis.host.task.rebirth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.state.PageRun;
import dev.stasis.linux.RemoteAddress;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;

/** Spans of pages behave as the sets of pages that they stand for. */
class SpanProperties {

    @Property(tries = 300)
    void commonIsTheIntersection(@ForAll @Size(40) List<Boolean> one, @ForAll @Size(40) List<Boolean> other) {
        BitSet expected = bits(one);
        expected.and(bits(other));
        assertThat(pages(Span.common(spans(one), spans(other)))).isEqualTo(expected);
    }

    @Property(tries = 300)
    void withoutIsTheDifference(@ForAll @Size(40) List<Boolean> one, @ForAll @Size(40) List<Boolean> other) {
        BitSet expected = bits(one);
        expected.andNot(bits(other));
        assertThat(pages(Span.without(spans(one), spans(other)))).isEqualTo(expected);
    }

    @Property(tries = 300)
    void runsAreMergedInOrder(@ForAll @Size(40) List<Boolean> one, @ForAll @Size(40) List<Boolean> other) {
        List<Boolean> apart = new ArrayList<>();
        for (int i = 0; i < other.size(); i++) {
            apart.add(other.get(i) && !one.get(i));
        }
        BitSet expected = bits(one);
        expected.or(bits(apart));
        List<Span> spans = Span.of(runs(one), runs(apart));
        assertThat(pages(spans)).isEqualTo(expected);
        for (int i = 1; i < spans.size(); i++) {
            assertThat(spans.get(i).start()).isGreaterThan(spans.get(i - 1).end());
        }
    }

    private static BitSet bits(List<Boolean> pages) {
        BitSet bits = new BitSet();
        for (int i = 0; i < pages.size(); i++) {
            bits.set(i, pages.get(i));
        }
        return bits;
    }

    private static List<Span> spans(List<Boolean> pages) {
        return Span.of(runs(pages), List.of());
    }

    private static List<PageRun> runs(List<Boolean> pages) {
        List<PageRun> runs = new ArrayList<>();
        for (int i = 0; i < pages.size(); i++) {
            if (pages.get(i)) {
                runs.add(new PageRun(new RemoteAddress((long) i * PageRun.PAGE), 1, 0));
            }
        }
        return runs;
    }

    private static BitSet pages(List<Span> spans) {
        BitSet bits = new BitSet();
        for (Span span : spans) {
            assertThat(span.length()).isPositive();
            bits.set((int) (span.start() / PageRun.PAGE), (int) (span.end() / PageRun.PAGE));
        }
        return bits;
    }
}
