package dev.stasis.plugins.inotify;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class FreeNumbersTest {
    private static final int HIGHEST = Integer.MAX_VALUE;

    @Property
    void twoInARowAreFree(@ForAll @Size(max = 8) @IntRange(min = -1, max = 12) int[] low, @ForAll @Size(max = 3) @IntRange(max = 3) int[] fromTop) {
        int[] taken = new int[low.length + fromTop.length];
        System.arraycopy(low, 0, taken, 0, low.length);
        for (int i = 0; i < fromTop.length; i++) {
            taken[low.length + i] = HIGHEST - fromTop[i];
        }
        int free = FreeNumbers.two(taken);
        assertThat(free).isBetween(1, HIGHEST - 1);
        assertThat(taken).doesNotContain(free, free + 1);
    }
}
