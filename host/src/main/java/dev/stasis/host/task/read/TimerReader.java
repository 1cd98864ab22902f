package dev.stasis.host.task.read;

import dev.stasis.host.state.IntervalTimer;
import dev.stasis.host.state.PosixTimer;
import dev.stasis.host.task.freeze.FrozenTask;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.RemoteCalls;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.proc.TimerEntry;
import java.util.ArrayList;
import java.util.List;

/** Reads the timers of a process. */
final class TimerReader {
    private static final int TIMEVALS = 32;
    private static final int MICROS = 1_000_000;
    private static final long NANOS = 1_000_000_000L;
    private static final int SIGEV_NONE = 1;
    private static final int SIGEV_THREAD_ID = 4;
    private static final int ITIMER_REAL = 0;

    private TimerReader() {}

    /**
     * The three interval timers. A periodic ITIMER_REAL that stands at zero has expired while the process was frozen, with its
     * signal already on the way: it is armed again by its period, or it would never fire any more. The other two, which follow
     * the CPU, go on by themselves when they expire; one that stands at zero was switched off and only remembers its period.
     */
    static List<IntervalTimer> intervalTimers(RemoteCalls calls) {
        RemoteAddress answers = calls.lend(3 * TIMEVALS);
        for (int which = 0; which < 3; which++) {
            calls.call(SyscallNumber.GETITIMER, which, answers.plus((long) which * TIMEVALS).value());
        }
        byte[] bytes = calls.read(answers, 3 * TIMEVALS);
        List<IntervalTimer> timers = new ArrayList<>(3);
        for (int which = 0; which < 3; which++) {
            int at = which * TIMEVALS;
            long interval = Bytes.longAt(bytes, at) * MICROS + Bytes.longAt(bytes, at + 8);
            long value = Bytes.longAt(bytes, at + 16) * MICROS + Bytes.longAt(bytes, at + 24);
            timers.add(new IntervalTimer(which, interval, value == 0 && which == ITIMER_REAL ? interval : value));
        }
        return timers;
    }

    /**
     * The timers that {@code entries} name, of {@code task}. One for a thread that has ended goes on and nobody hears of it, like one
     * that notifies nobody; and such a one it becomes.
     */
    static List<PosixTimer> posixTimers(RemoteCalls calls, List<TimerEntry> entries, FrozenTask task) {
        List<PosixTimer> timers = new ArrayList<>(entries.size());
        if (entries.isEmpty()) {
            return timers;
        }
        RemoteAddress answer = calls.lend(TIMEVALS);
        for (TimerEntry entry : entries) {
            calls.call(SyscallNumber.TIMER_GETTIME, entry.id(), answer.value());
            byte[] bytes = calls.read(answer, TIMEVALS);
            int overrun = (int) calls.call(SyscallNumber.TIMER_GETOVERRUN, entry.id());
            PosixTimer timer = timer(entry, bytes, overrun, task.threads());
            if (overrun == 0 && timer.valueNanos() == 0) {
                TimerGuard.refuseIfMakerEnded(calls, task.pid(), entry);
            }
            timers.add(timer);
        }
        return timers;
    }

    private static PosixTimer timer(TimerEntry entry, byte[] bytes, int overrun, List<Pid> threads) {
        long interval = Bytes.longAt(bytes, 0) * NANOS + Bytes.longAt(bytes, 8);
        long value = Bytes.longAt(bytes, 16) * NANOS + Bytes.longAt(bytes, 24);
        boolean forThread = (entry.notification() & SIGEV_THREAD_ID) != 0;
        boolean unheard = forThread && !threads.contains(new Pid(entry.target()));
        int thread = forThread && !unheard ? entry.target() : 0;
        return new PosixTimer(entry.id(), entry.clock(), unheard ? SIGEV_NONE : entry.notification(), entry.signal(), entry.value(),
                thread, overrun, interval, value == 0 ? interval : value);
    }
}
