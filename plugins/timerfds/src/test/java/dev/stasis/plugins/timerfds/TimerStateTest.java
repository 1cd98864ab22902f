package dev.stasis.plugins.timerfds;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class TimerStateTest {
    private static final long SECOND = 1_000_000_000;

    @Example
    void isWhatTheKernelShows() {
        assertThat(TimerState.parse("clockid: 0\nticks: 7\nsettime flags: 03\nit_value: (12, 49406829)\nit_interval: (1, 0)\n"))
                .hasValue(new TimerState(0, 7, 3, 12 * SECOND + 49406829, SECOND));
    }

    @Example
    void isNotThereWhereNoneIsShown() {
        assertThat(TimerState.parse("eventfd-count:                0\n")).isEmpty();
    }

    @Property(tries = 300)
    void isReadWhateverItIs(@ForAll @IntRange(max = 11) int clock, @ForAll long ticks, @ForAll @IntRange(max = 3) int flags,
            @ForAll @LongRange(min = 0) long left, @ForAll @LongRange(min = 0) long interval) {
        String lines = "clockid: " + clock + "\nticks: " + Long.toUnsignedString(ticks) + "\nsettime flags: 0"
                + Integer.toOctalString(flags) + "\nit_value: (" + left / SECOND + ", " + left % SECOND + ")\nit_interval: ("
                + interval / SECOND + ", " + interval % SECOND + ")\n";
        boolean beyond = left / SECOND == Long.MAX_VALUE / SECOND || interval / SECOND == Long.MAX_VALUE / SECOND;
        if (!beyond) {
            assertThat(TimerState.parse(lines)).hasValue(new TimerState(clock, ticks, flags, left, interval));
        }
    }

    /** As the kernel does: more than 292 years are 292 years. */
    @Example
    void isNeverLongerThanTheKernelCounts() {
        assertThat(TimerState.nanos(9223372036L, 854775807)).isEqualTo(Long.MAX_VALUE);
        assertThat(TimerState.nanos(Long.MAX_VALUE, 999_999_999)).isEqualTo(Long.MAX_VALUE);
        assertThat(TimerState.nanos(9223372035L, 999_999_999)).isEqualTo(9223372035L * SECOND + 999_999_999);
    }

    @Example
    void ofTimersForATimeOfDayOnlyIsToExpireAtThatTime() {
        assertThat(new TimerState(0, 0, TimerState.ABSTIME, 1, 0).isForTimeOfDay()).isTrue();
        assertThat(new TimerState(8, 0, TimerState.ABSTIME, 1, 0).isForTimeOfDay()).isTrue();
        assertThat(new TimerState(1, 0, TimerState.ABSTIME, 1, 0).isForTimeOfDay()).isFalse();
        assertThat(new TimerState(0, 0, 0, 1, 0).isForTimeOfDay()).isFalse();
        assertThat(new TimerState(0, 0, TimerState.ABSTIME | TimerState.CANCEL_ON_SET, 1, 0).tellsOfClock()).isTrue();
        assertThat(new TimerState(0, 0, TimerState.CANCEL_ON_SET, 1, 0).tellsOfClock()).isFalse();
    }

    @Example
    void isToldToPeople() {
        assertThat(new TimerState(1, 3, 0, SECOND * 3 / 2, 2 * SECOND)).hasToString("CLOCK_MONOTONIC, 1.5 s left, every 2.0 s, 3 unread");
        assertThat(new TimerState(7, 0, 0, 0, 0)).hasToString("CLOCK_BOOTTIME, off");
    }
}
