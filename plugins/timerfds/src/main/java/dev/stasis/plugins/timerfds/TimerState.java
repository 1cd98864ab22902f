package dev.stasis.plugins.timerfds;

import java.util.Optional;

/**
 * How a timer stands.
 *
 * @param clock which clock it goes by, as clock_gettime(2) numbers them
 * @param ticks how often it has expired without being read, unsigned
 * @param flags TFD_TIMER_ABSTIME and TFD_TIMER_CANCEL_ON_SET, as it was set last
 * @param left nanoseconds until it expires; 0 when it is not to, or has
 * @param interval nanoseconds from one expiration to the next; 0 when there is one only
 */
record TimerState(int clock, long ticks, int flags, long left, long interval) {
    static final int ABSTIME = 1;
    static final int CANCEL_ON_SET = 2;

    private static final long SECOND = 1_000_000_000;

    /**
     * What the lines of its fdinfo file tell; empty when they are not of a timerfd.
     *
     * @see <a href="https://man7.org/linux/man-pages/man5/proc_pid_fdinfo.5.html">proc_pid_fdinfo(5)</a>
     */
    static Optional<TimerState> parse(String lines) {
        String clock = value(lines, "clockid:");
        if (clock.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new TimerState(Integer.parseInt(clock), Long.parseUnsignedLong(value(lines, "ticks:")),
                Integer.parseInt(value(lines, "settime flags:"), 8), nanos(value(lines, "it_value:")),
                nanos(value(lines, "it_interval:"))));
    }

    /** What stands behind {@code name}; nothing when there is no such line. */
    private static String value(String lines, String name) {
        int at = lines.indexOf(name);
        if (at < 0) {
            return "";
        }
        int end = lines.indexOf('\n', at);
        return lines.substring(at + name.length(), end < 0 ? lines.length() : end).strip();
    }

    /** Of {@code (seconds, nanoseconds)}. */
    private static long nanos(String pair) {
        int comma = pair.indexOf(',');
        return nanos(Long.parseLong(pair.substring(1, comma)), Long.parseLong(pair.substring(comma + 1, pair.length() - 1).strip()));
    }

    /** Both together; what is more than the kernel counts to is as much as it counts to. */
    static long nanos(long seconds, long nanoseconds) {
        return seconds >= Long.MAX_VALUE / SECOND ? Long.MAX_VALUE : seconds * SECOND + nanoseconds;
    }

    /** Whether it is set for a time of the day: then it expires at that time, however much of it was spent in an image. */
    boolean isForTimeOfDay() {
        return isOfWallClock() && (flags & ABSTIME) != 0;
    }

    private boolean isOfWallClock() {
        return clock == TimerCalls.REALTIME || clock == TimerCalls.REALTIME_ALARM;
    }

    /** Whether it is to tell when somebody sets the clock. */
    boolean tellsOfClock() {
        return isForTimeOfDay() && (flags & CANCEL_ON_SET) != 0;
    }

    /** Whether it repeats, has expired, and was not read: then the kernel counts what it has missed since when it is asked. */
    boolean isBehind() {
        return left == 0 && interval != 0 && ticks != 0;
    }

    /** Whether it seems to be off: or it is about to expire at this very moment. */
    boolean seemsOff() {
        return left == 0 && ticks == 0;
    }

    /** Such as {@code CLOCK_MONOTONIC, 1.5 s left, every 2.0 s, 3 unread}. */
    @Override
    public String toString() {
        return clockName() + (left == 0 ? ", off" : ", " + seconds(left) + " left")
                + (interval == 0 ? "" : ", every " + seconds(interval))
                + (ticks == 0 ? "" : ", " + Long.toUnsignedString(ticks) + " unread");
    }

    private String clockName() {
        return switch (clock) {
            case TimerCalls.REALTIME -> "CLOCK_REALTIME";
            case TimerCalls.MONOTONIC -> "CLOCK_MONOTONIC";
            case TimerCalls.BOOTTIME -> "CLOCK_BOOTTIME";
            case TimerCalls.REALTIME_ALARM -> "CLOCK_REALTIME_ALARM";
            case TimerCalls.BOOTTIME_ALARM -> "CLOCK_BOOTTIME_ALARM";
            default -> "clock " + clock;
        };
    }

    private static String seconds(long nanos) {
        return nanos / SECOND + "." + nanos / (SECOND / 10) % 10 + " s";
    }
}
