package dev.stasis.host.image;

import dev.stasis.host.image.proto.itimer_entry;
import dev.stasis.host.image.proto.posix_timer_entry;
import dev.stasis.host.image.proto.task_timers_entry;
import dev.stasis.host.state.IntervalTimer;
import dev.stasis.host.state.PosixTimer;
import dev.stasis.linux.RemoteAddress;
import java.util.ArrayList;
import java.util.List;

/** Interval timers and POSIX timers. */
final class TimerCodec {
    private static final long MICROS = 1_000_000;
    private static final long NANOS = 1_000_000_000;
    private static final int INTERVAL_TIMERS = 3;

    private TimerCodec() {}

    /** All timers of a task as a message; {@code intervals} has the three of them in order. */
    static task_timers_entry write(List<IntervalTimer> intervals, List<PosixTimer> timers) {
        if (intervals.size() != INTERVAL_TIMERS) {
            throw new IllegalArgumentException("a task has three interval timers, not " + intervals.size());
        }
        task_timers_entry.Builder entry = task_timers_entry.newBuilder()
                .setReal(interval(intervals.get(0)))
                .setVirt(interval(intervals.get(1)))
                .setProf(interval(intervals.get(2)));
        for (PosixTimer timer : timers) {
            entry.addPosix(posix(timer));
        }
        return entry.build();
    }

    private static itimer_entry interval(IntervalTimer timer) {
        return itimer_entry.newBuilder()
                .setIsec(timer.intervalMicros() / MICROS)
                .setIusec(timer.intervalMicros() % MICROS)
                .setVsec(timer.valueMicros() / MICROS)
                .setVusec(timer.valueMicros() % MICROS)
                .build();
    }

    private static posix_timer_entry posix(PosixTimer timer) {
        posix_timer_entry.Builder entry = posix_timer_entry.newBuilder()
                .setItId(timer.id())
                .setClockId(timer.clock())
                .setSiSigno(timer.signal())
                .setItSigevNotify(timer.notification())
                .setSivalPtr(timer.value().value())
                .setOverrun(timer.overrun());
        return entry.setIsec(timer.intervalNanos() / NANOS)
                .setInsec(timer.intervalNanos() % NANOS)
                .setVsec(timer.valueNanos() / NANOS)
                .setVnsec(timer.valueNanos() % NANOS)
                .setNotifyThreadId(timer.thread())
                .build();
    }

    /** The interval timers of {@code entry}. */
    static List<IntervalTimer> intervals(task_timers_entry entry) {
        return List.of(interval(0, entry.getReal()), interval(1, entry.getVirt()), interval(2, entry.getProf()));
    }

    private static IntervalTimer interval(int which, itimer_entry entry) {
        return new IntervalTimer(which, time(entry.getIsec(), entry.getIusec(), MICROS),
                time(entry.getVsec(), entry.getVusec(), MICROS));
    }

    /** The POSIX timers of {@code entry}. */
    static List<PosixTimer> posix(task_timers_entry entry) {
        List<PosixTimer> timers = new ArrayList<>(entry.getPosixCount());
        for (posix_timer_entry timer : entry.getPosixList()) {
            timers.add(new PosixTimer(timer.getItId(), timer.getClockId(), timer.getItSigevNotify(), timer.getSiSigno(),
                    new RemoteAddress(timer.getSivalPtr()), timer.getNotifyThreadId(), timer.getOverrun(),
                    time(timer.getIsec(), timer.getInsec(), NANOS), time(timer.getVsec(), timer.getVnsec(), NANOS)));
        }
        return timers;
    }

    private static long time(long seconds, long fraction, long unit) {
        MalformedImage.unless(seconds >= 0 && seconds <= Long.MAX_VALUE / unit - 1 && fraction >= 0 && fraction < unit,
                "a timer has an impossible time");
        return seconds * unit + fraction;
    }
}
