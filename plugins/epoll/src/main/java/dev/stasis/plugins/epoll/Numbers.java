package dev.stasis.plugins.epoll;

import java.util.BitSet;

/** A set of descriptor numbers, of which the lowest one missing is wanted; it is never above the first million. */
final class Numbers {
    private static final int MOST = 1 << 20;

    private final BitSet low = new BitSet();
    private int highest = -1;

    void add(int number) {
        highest = Math.max(highest, number);
        if (number < MOST) {
            low.set(number);
        }
    }

    /** The lowest number from {@code from} on that is not among them. */
    int lowestMissing(int from) {
        return low.nextClearBit(from);
    }

    /** The highest; -1 when there is none. */
    int highest() {
        return highest;
    }
}
