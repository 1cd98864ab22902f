package dev.stasis.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Values of the same thing, measured several times. */
final class Samples {
    private final List<Long> values = new ArrayList<>();

    void add(long value) {
        values.add(value);
    }

    /** The middle one; 0 when there are none. */
    long median() {
        List<Long> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        return sorted.isEmpty() ? 0 : sorted.get(sorted.size() / 2);
    }

    /** The largest one; 0 when there are none. */
    long largest() {
        return values.isEmpty() ? 0 : Collections.max(values);
    }
}
