package dev.stasis.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.host.Stasis;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.Command;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Puppet;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.nio.file.Path;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Timerfds come back with what was left of the time, and with the expirations that were not read. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class TimerfdsSpec {
    private static final int REALTIME = 0;
    private static final int MONOTONIC = 1;
    private static final int ABSTIME = 1;
    private static final int CANCEL_ON_SET = 2;
    private static final int SET_TICKS = 0x40085400;
    private static final long SECOND = 1_000_000_000;

    private static int timerfd(Puppet puppet, int clock, int flags, long value, long interval) {
        int timer = (int) puppet.call(SyscallNumber.TIMERFD_CREATE, clock, 0);
        RemoteAddress times = puppet.calls().lend(32);
        puppet.memory().writeLong(times, interval / SECOND);
        puppet.memory().writeLong(times.plus(8), interval % SECOND);
        puppet.memory().writeLong(times.plus(16), value / SECOND);
        puppet.memory().writeLong(times.plus(24), value % SECOND);
        puppet.call(SyscallNumber.TIMERFD_SETTIME, timer, flags, times.value(), 0);
        return timer;
    }

    private static void ticks(Puppet puppet, int timer, long ticks) {
        RemoteAddress number = puppet.calls().lend(8);
        puppet.memory().writeLong(number, ticks);
        puppet.call(SyscallNumber.IOCTL, timer, SET_TICKS, number.value());
    }

    private static long read(Puppet puppet, int timer) {
        RemoteAddress number = puppet.calls().lend(8);
        puppet.call(SyscallNumber.READ, timer, number.value(), 8);
        return puppet.memory().readLong(number);
    }

    /** What is left, in nanoseconds, and the time by System.nanoTime at which that was so, to a millisecond. */
    private record Left(long left, long at) {
        static Left of(Pid process, int timer) {
            Left[] found = new Left[1];
            Await.until("a quick look", () -> {
                long before = System.nanoTime();
                Matcher shown = Pattern.compile("it_value: \\((\\d+), (\\d+)\\)").matcher(EventCycle.info(process, timer));
                assertThat(shown.find()).isTrue();
                found[0] = new Left(Long.parseLong(shown.group(1)) * SECOND + Long.parseLong(shown.group(2)), before);
                return System.nanoTime() - before < SECOND / 1000;
            });
            return found[0];
        }
    }

    /** But for the time that is left, which goes by. */
    private static String stable(Pid process, int timer) {
        return EventCycle.info(process, timer).replaceAll("it_value: \\([1-9].*", "it_value: some");
    }

    @ParameterizedTest
    @CsvSource({"1, 0, 0", "0, 0, 0", "7, 0, 60", "9, 0, 0", "1, 3, 0", "0, 3, 60"})
    void theTimeInAnImageIsTakenFromNoTimer(int clock, long ticks, long interval, Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        int timer = timerfd(puppet, clock, 0, 5000 * SECOND, interval * SECOND);
        if (ticks != 0) {
            ticks(puppet, timer, ticks);
        }
        String before = stable(puppet.pid(), timer);
        Left left = Left.of(puppet.pid(), timer);

        Puppet back = new EventCycle(stasis, sandbox).throughDeath(puppet);

        assertThat(stable(back.pid(), timer)).isEqualTo(before);
        Left now = Left.of(back.pid(), timer);
        assertThat(now.left()).isLessThan(left.left()).isGreaterThan(left.left() - (now.at() - left.at()));
    }

    /** A time by CLOCK_MONOTONIC means something else on another machine, or after a start; so it is taken for what was left. */
    @Test
    void aTimeByTheMonotonicClockIsPutOffByTheTimeInTheImage(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        int timer = timerfd(puppet, MONOTONIC, ABSTIME, 1L << 60, 0);
        Left left = Left.of(puppet.pid(), timer);

        Puppet back = new EventCycle(stasis, sandbox).throughDeath(puppet);

        assertThat(EventCycle.info(back.pid(), timer)).contains("settime flags: 01\n");
        Left now = Left.of(back.pid(), timer);
        assertThat(now.left()).isLessThan(left.left()).isGreaterThan(left.left() - (now.at() - left.at()));
    }

    @Test
    void aTimeOfDayStaysThatTimeOfDay(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        int timer = timerfd(puppet, REALTIME, ABSTIME | CANCEL_ON_SET, 4_102_444_800L * SECOND, 0);
        Left left = Left.of(puppet.pid(), timer);

        Puppet back = new EventCycle(stasis, sandbox).throughDeath(puppet);

        assertThat(EventCycle.info(back.pid(), timer)).contains("settime flags: 03\n");
        Left now = Left.of(back.pid(), timer);
        assertThat(now.left()).isCloseTo(left.left() - (now.at() - left.at()), Offset.offset(SECOND / 20));
    }

    /** It is to expire at a time that has passed when the program comes back: it does so at once, as often as it would have. */
    @Test
    void whatATimerForATimeOfDayMissedInTheImageIsCounted(Stasis stasis, Sandbox sandbox) {
        EventCycle cycle = new EventCycle(stasis, sandbox);
        Puppet puppet = sandbox.puppet();
        long due = nanos(Instant.now()) + SECOND / 4;
        int timer = timerfd(puppet, REALTIME, ABSTIME, due, SECOND / 100);
        puppet.letGo();
        Path image = cycle.dumpAndKill(puppet.program());
        Await.until("it is long due", () -> nanos(Instant.now()) - due > SECOND / 10);

        Puppet back = cycle.attach(cycle.restore(image));

        long before = nanos(Instant.now());
        assertThat(read(back, timer)).isBetween((before - due) / (SECOND / 100) + 1, (nanos(Instant.now()) - due) / (SECOND / 100) + 1);
    }

    private static long nanos(Instant time) {
        return time.getEpochSecond() * SECOND + time.getNano();
    }

    /** Nobody reads it, and the kernel counts only when it is asked. */
    @Test
    void whatExpiredAndWasNotReadIsNotLost(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        int often = timerfd(puppet, MONOTONIC, 0, 1, 1_000_000);
        int once = timerfd(puppet, MONOTONIC, 0, 1, 0);
        long armed = System.nanoTime();
        Await.until("it has expired many times", () -> System.nanoTime() - armed > SECOND / 10);

        Puppet back = new EventCycle(stasis, sandbox).throughDeath(puppet);

        assertThat(read(back, once)).isEqualTo(1);
        assertThat(read(back, often)).isBetween(100L, (System.nanoTime() - armed) / 1_000_000 + 1);
        assertThat(read(back, often)).as("and it goes on").isPositive();
    }

    @Test
    void flagsDuplicatesAndWhatIsOffComeBack(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        int off = timerfd(puppet, REALTIME, ABSTIME, 0, SECOND);
        int copy = (int) puppet.call(SyscallNumber.DUP, off);
        puppet.call(SyscallNumber.FCNTL, off, 4, 0x800 | 0x400);
        puppet.call(SyscallNumber.FCNTL, copy, 2, 1);
        String before = EventCycle.info(puppet.pid(), copy);

        Puppet back = new EventCycle(stasis, sandbox).throughDeath(puppet);

        assertThat(EventCycle.info(back.pid(), copy)).isEqualTo(before);
        assertThat(ProcessCalls.isSameFile(new RemoteFd(back.pid(), off), new RemoteFd(back.pid(), copy))).isTrue();
    }

    @Test
    void aDumpThatLeavesTheTreeRunningTakesNothing(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        int[] timers = {timerfd(puppet, MONOTONIC, 0, 5000 * SECOND, SECOND), timerfd(puppet, MONOTONIC, 0, 1, 0),
            timerfd(puppet, REALTIME, 0, 0, 7)};
        Await.until("it has expired", () -> EventCycle.info(puppet.pid(), timers[1]).contains("ticks: 1\n"));
        String[] before = {stable(puppet.pid(), timers[0]), stable(puppet.pid(), timers[1]), stable(puppet.pid(), timers[2])};

        Puppet on = new EventCycle(stasis, sandbox).leaveRunning(puppet);

        for (int i = 0; i < timers.length; i++) {
            assertThat(stable(on.pid(), timers[i])).isEqualTo(before[i]);
        }
        assertThat(read(on, timers[1])).isEqualTo(1);
    }

    /** Reading would tell ECANCELED, or how often it has expired. */
    @Test
    void oneThatMayHaveToTellThatTheClockWasSetIsRefused(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        int timer = timerfd(puppet, REALTIME, ABSTIME | CANCEL_ON_SET, 4_102_444_800L * SECOND, 0);
        ticks(puppet, timer, 1);
        puppet.letGo();

        assertThatThrownBy(() -> new EventCycle(stasis, sandbox).dumpAndKill(puppet.program()))
                .hasMessageContaining("fd " + timer + " of task " + puppet.pid() + " (timerfd anon_inode:[timerfd]): it has expired, or the"
                        + " clock was set (TFD_TIMER_CANCEL_ON_SET), and it was not read");
        assertThat(sandbox.path("image")).doesNotExist();
        assertThat(puppet.program().isAlive()).isTrue();
    }

    /** CRIU's own decoder reads them, with CRIU's names. */
    @Test
    void critShowsThem(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        timerfd(puppet, MONOTONIC, 0, 5000 * SECOND, 60 * SECOND);
        puppet.letGo();
        new EventCycle(stasis, sandbox).dumpAndLeave(puppet.program());
        String files = Command.run(Program.find("crit").toString(), "decode", "--pretty", "-i", sandbox.path("image/files.img").toString());
        assertThat(files).contains("\"type\": \"TIMERFD\"").contains("\"clockid\": 1").contains("\"vsec\": 499").contains("\"isec\": 60");
    }
}
