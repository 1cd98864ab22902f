package dev.stasis.plugins.timerfds;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.linux.Fd;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.proc.DescriptorInfo;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.process.ProcessCalls;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.OptionalLong;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/** On the kernel's own timers. */
class ArmingTest {
    private static final long HOUR = 3_600_000_000_000L;
    private static final int[] CLOCKS = {0, 1, 7};

    private static Fd armed(TimerState state, OptionalLong expires) {
        Fd timer = TimerCalls.create(state.clock());
        Arming.arm(timer, new TimerEntry(state, expires, OptionalLong.empty()));
        return timer;
    }

    private static TimerState shown(Fd timer) {
        byte[] info = ProcFile.read(ProcessCalls.self(), "fdinfo/" + timer.number());
        return TimerState.parse(DescriptorInfo.parse(info).rest()).orElseThrow();
    }

    private static long read(Fd timer) {
        return ByteBuffer.wrap(FileCalls.read(timer, Long.BYTES)).order(ByteOrder.LITTLE_ENDIAN).getLong();
    }

    @Property(tries = 50)
    void leavesAsMuchTimeAsWasLeft(@ForAll @IntRange(max = 2) int clock, @ForAll @IntRange(max = 1) int flags,
            @ForAll @LongRange(min = 1, max = 1000) long hours, @ForAll @LongRange(min = 0, max = 1000) long interval,
            @ForAll @LongRange(min = 0, max = 3) long ticks) {
        TimerState state = new TimerState(CLOCKS[clock], ticks, flags, hours * HOUR, interval);
        try (Fd timer = armed(state, OptionalLong.empty())) {
            TimerState shown = shown(timer);
            assertThat(shown.left()).isBetween((hours - 1) * HOUR, hours * HOUR);
            assertThat(new TimerState(shown.clock(), shown.ticks(), shown.flags(), state.left(), shown.interval())).isEqualTo(state);
        }
    }

    @Property(tries = 20)
    void leavesWhatIsOffOff(@ForAll long ticks, @ForAll @IntRange(max = 3) int flags, @ForAll @LongRange(min = 0, max = 9) long interval) {
        TimerState state = new TimerState(0, ticks, flags, 0, interval);
        try (Fd timer = armed(state, OptionalLong.empty())) {
            assertThat(shown(timer)).isEqualTo(state);
        }
    }

    /** However the expiry falls between the calls that set the timer. */
    @Property(tries = 2000)
    void losesNoExpiryThatComesAtOnce(@ForAll @LongRange(min = 1, max = 30_000) long left, @ForAll @IntRange(max = 2) int clock,
            @ForAll @IntRange(max = 1) int flags, @ForAll @LongRange(min = 1, max = 5) long ticks) {
        try (Fd timer = armed(new TimerState(CLOCKS[clock], ticks, flags, left, HOUR), OptionalLong.empty())) {
            while (shown(timer).left() > left || shown(timer).ticks() == ticks) {
                Thread.onSpinWait();
            }
            assertThat(read(timer)).isEqualTo(ticks + 1);
        }
    }

    /** The time at which it was to expire passed while the process did not exist: all that it missed is counted. */
    @Property(tries = 300)
    void countsWhatATimerForATimeOfDayHasMissed(@ForAll @LongRange(min = 0, max = 5) long ticks,
            @ForAll @LongRange(min = 1, max = 3_000_000_000L) long ago, @ForAll @LongRange(min = 10_000, max = 1_000_000_000) long interval) {
        long due = TimerCalls.now(TimerCalls.REALTIME) - ago;
        TimerState state = new TimerState(TimerCalls.REALTIME, ticks, TimerState.ABSTIME, 1, interval);
        try (Fd timer = armed(state, OptionalLong.of(due))) {
            long before = TimerCalls.now(TimerCalls.REALTIME);
            long count = read(timer);
            long after = TimerCalls.now(TimerCalls.REALTIME);
            assertThat(count - ticks - 1).isBetween((before - due) / interval, (after - due) / interval);
        }
    }

    @Example
    void keepsATimeOfDayThatIsStillToCome() {
        long due = TimerCalls.now(TimerCalls.REALTIME) + HOUR;
        TimerState state = new TimerState(TimerCalls.REALTIME, 0, TimerState.ABSTIME | TimerState.CANCEL_ON_SET, 5 * HOUR, 0);
        try (Fd timer = armed(state, OptionalLong.of(due))) {
            assertThat(shown(timer).left()).isLessThanOrEqualTo(HOUR);
            assertThat(shown(timer).flags()).isEqualTo(3);
        }
    }

    @Example
    void leavesATimerThatNeverExpiresForEver() {
        for (int flags = 0; flags < 2; flags++) {
            try (Fd timer = armed(new TimerState(1, 2, flags, Long.MAX_VALUE, 0), OptionalLong.empty())) {
                assertThat(shown(timer).left()).isGreaterThan(Long.MAX_VALUE / 2);
                assertThat(shown(timer).ticks()).isEqualTo(2);
            }
        }
    }
}
