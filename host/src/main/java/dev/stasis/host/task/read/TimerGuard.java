package dev.stasis.host.task.read;

import dev.stasis.host.task.freeze.FrozenTask;
import dev.stasis.linux.Errno;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.RemoteCalls;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.proc.TimerEntry;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * Finds POSIX timers on the CPU clock of something that a restore could not name again: a thread that nothing tells, or has ended, or
 * a process outside of the tree. The kernel numbers such clocks: the bits of a pid or tid, inverted, then whether it is a tid,
 * then what is counted.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/clock_getres.2.html">clock_gettime(2)</a>
 */
final class TimerGuard {
    /** The clocks of "the calling thread" as the kernel keeps them: user and system time, user time, time run. */
    private static final int LOWEST_OWN_THREAD_CLOCK = -4;
    private static final int HIGHEST_OWN_THREAD_CLOCK = -2;
    private static final int OF_THREAD = 4;
    private static final int COUNTED = 3;
    private static final int OF_DESCRIPTOR = 3;
    private static final int ITIMERSPEC = 32;

    private final List<FrozenTask> tasks;
    private final List<Problem> problems;

    TimerGuard(List<FrozenTask> tasks, List<Problem> problems) {
        this.tasks = tasks;
        this.problems = problems;
    }

    void check() {
        for (FrozenTask task : tasks) {
            Optional<byte[]> timers = task.isEnded() ? Optional.empty() : ProcFile.tryRead(task.pid(), "timers");
            for (TimerEntry timer : timers.isEmpty() ? List.<TimerEntry>of() : TimerEntry.parse(timers.get())) {
                check(task, timer);
            }
        }
    }

    private void check(FrozenTask task, TimerEntry timer) {
        int clock = timer.clock();
        if (isOfMaker(clock)) {
            // With one thread only that one can tell; see refuseIfMakerEnded.
            if (task.frozenThreads().size() > 1) {
                add(task, timer, "the thread that made it (CLOCK_THREAD_CPUTIME_ID), and the kernel does not tell which one that was",
                        "make the timer with the clock that pthread_getcpuclockid(3) gives");
            }
            return;
        }
        int number = ~(clock >> 3);
        if (clock >= 0 || number == 0 || (clock & COUNTED) == OF_DESCRIPTOR) {
            return;
        }
        if ((clock & OF_THREAD) != 0) {
            if (!task.threads().contains(new Pid(number))) {
                add(task, timer, "thread " + number + ", which has ended", "delete the timer");
            }
        } else if (!isInTree(number)) {
            add(task, timer, "process " + number + ", which has ended or is not part of the tree", "delete the timer");
        }
    }

    private static boolean isOfMaker(int clock) {
        return clock >= LOWEST_OWN_THREAD_CLOCK && clock <= HIGHEST_OWN_THREAD_CLOCK;
    }

    private boolean isInTree(int number) {
        for (FrozenTask task : tasks) {
            if (task.pid().number() == number) {
                return true;
            }
        }
        return false;
    }

    private void add(FrozenTask task, TimerEntry timer, String whose, String help) {
        problems.add(problem(task.pid(), timer, whose, help));
    }

    private static Problem problem(Pid pid, TimerEntry timer, String whose, String help) {
        return new Problem(GuardError.THREAD_TIMER, "task " + pid, "its timer " + timer.id() + " follows the CPU time of " + whose, help);
    }

    /**
     * Throws {@link StasisException} when {@code timer}, which is switched off, was made for the CPU time of a thread that has
     * ended: one of a living thread can be switched off once more. That would call a signal of its back, so it is not tried while
     * any waits.
     */
    static void refuseIfMakerEnded(RemoteCalls calls, Pid pid, TimerEntry timer) {
        if (isOfMaker(timer.clock()) && !hasSignalsWaiting(pid)) {
            RemoteAddress off = calls.lend(new byte[ITIMERSPEC]);
            if (calls.tryCall(SyscallNumber.TIMER_SETTIME, timer.id(), 0, off.value(), 0) == -Errno.ESRCH.number()) {
                throw new StasisException(problem(pid, timer, "the thread that made it, which has ended", "delete the timer"));
            }
        }
    }

    private static boolean hasSignalsWaiting(Pid pid) {
        String status = new String(ProcFile.read(pid, "status"), StandardCharsets.ISO_8859_1);
        return !status.contains("\nSigPnd:\t0000000000000000\nShdPnd:\t0000000000000000\n");
    }
}
