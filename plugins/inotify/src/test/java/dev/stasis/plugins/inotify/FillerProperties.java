package dev.stasis.plugins.inotify;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class FillerProperties {
    private static int sizeOfOne(int index, int filled) {
        return index < filled - filled % 2 && index % 2 == 0 ? 32 : 16;
    }

    @Property
    void aReadTakesWhatItsEventsTake(
            @ForAll @IntRange(max = 40) int filled, @ForAll @IntRange(max = 40) int from, @ForAll @IntRange(max = 5) int more) {
        int expected = 0;
        for (int i = from; i < from + more; i++) {
            expected += sizeOfOne(i, filled);
        }
        assertThat(Filler.size(from, from + more, filled)).isEqualTo(expected);
    }
}
