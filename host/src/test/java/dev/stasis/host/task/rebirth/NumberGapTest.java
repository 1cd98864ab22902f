package dev.stasis.host.task.rebirth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.linux.Pid;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Where a program's own threads are out of the way of a tree. */
class NumberGapTest {
    private static final int LIMIT = 32768;

    @Test
    void afterTheHighestNumberWhereThereIsRoom() {
        assertThat(NumberGap.among(List.of(new Pid(14), new Pid(4711)), LIMIT).last()).isEqualTo(4711);
    }

    @Test
    void neverAmongTheNumbersThatTheKernelPassesOver() {
        assertThat(NumberGap.among(List.of(new Pid(14)), LIMIT).last()).isEqualTo(300);
    }

    @Test
    void betweenTheNumbersWhereTheyReachToTheLimit() {
        List<Pid> wanted = List.of(new Pid(310), new Pid(400), new Pid(LIMIT - 1));

        assertThat(NumberGap.among(wanted, LIMIT).last()).isEqualTo(400);
    }

    @Property
    void noNumberOfAGapIsWanted(@ForAll @Size(min = 1, max = 100) Set<@IntRange(min = 1, max = LIMIT - 1) Integer> wanted) {
        int last = NumberGap.among(wanted.stream().map(Pid::new).toList(), LIMIT).last();

        assertThat(IntStream.rangeClosed(last + 1, last + NumberGap.SIZE)).doesNotContainAnyElementsOf(wanted);
    }
}
