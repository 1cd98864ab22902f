package dev.stasis.endtoend;

import static dev.stasis.linux.SyscallNumber.GETITIMER;
import static dev.stasis.linux.SyscallNumber.SETITIMER;
import static dev.stasis.linux.SyscallNumber.TIMER_CREATE;
import static dev.stasis.linux.SyscallNumber.TIMER_DELETE;
import static dev.stasis.linux.SyscallNumber.TIMER_GETTIME;
import static dev.stasis.linux.SyscallNumber.TIMER_SETTIME;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.testkit.Puppet;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Timers come back with what was left of them. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class TimerStateSpec {
    private static final int CLOCK_MONOTONIC = 1;
    private static final int SIGEV_SIGNAL = 0;
    private static final int SIGEV_NONE = 1;
    private static final int SIGUSR1 = 10;

    @Test
    void theThreeIntervalTimers(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        for (int timer = 0; timer < 3; timer++) {
            puppet.call(SETITIMER, timer, lent(puppet, 100 + timer, 0, 5000 + timer, 0), 0);
        }
        Puppet back = new Cycle(stasis, sandbox).throughDeath(puppet);

        for (int timer = 0; timer < 3; timer++) {
            RemoteAddress value = back.calls().lend(32);
            back.call(GETITIMER, timer, value.value());
            long[] times = Bytes.toLongs(back.calls().read(value, 32));
            assertThat(times[0]).isEqualTo(100 + timer);
            assertThat(times[2]).isBetween(4900L, 5000L + timer);
        }
    }

    @Test
    void aTimerThatWasNeverSetStaysUnset(Stasis stasis, Sandbox sandbox) {
        Puppet back = new Cycle(stasis, sandbox).throughDeath(sandbox.puppet());
        RemoteAddress value = back.calls().lend(32);
        back.call(GETITIMER, 0, value.value());
        assertThat(Bytes.toLongs(back.calls().read(value, 32))).containsOnly(0);
    }

    @Test
    void aTimerOfTheCpuThatWasSwitchedOffStaysOffAndKeepsItsPeriod(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        for (int timer = 1; timer < 3; timer++) {
            puppet.call(SETITIMER, timer, lent(puppet, 3, 4, 0, 0), 0);
        }
        Puppet back = new Cycle(stasis, sandbox).throughDeath(puppet);

        for (int timer = 1; timer < 3; timer++) {
            RemoteAddress value = back.calls().lend(32);
            back.call(GETITIMER, timer, value.value());
            assertThat(Bytes.toLongs(back.calls().read(value, 32))).containsExactly(3, 4, 0, 0);
        }
    }

    @Test
    void posixTimersWithTheirNumbersAndNotifications(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        int first = create(puppet, SIGEV_SIGNAL, 0xabcdef);
        int second = create(puppet, SIGEV_SIGNAL, 1);
        int third = create(puppet, SIGEV_NONE, 2);
        puppet.call(TIMER_DELETE, second);
        puppet.call(TIMER_SETTIME, first, 0, lent(puppet, 7, 9, 3000, 0), 0);

        Puppet back = new Cycle(stasis, sandbox).throughDeath(puppet);

        long[] running = time(back, first);
        assertThat(running[0]).isEqualTo(7);
        assertThat(running[1]).isEqualTo(9);
        assertThat(running[2]).isBetween(2900L, 3000L);
        assertThat(time(back, third)).containsOnly(0);
        assertThat(back.calls().tryCall(TIMER_GETTIME, second, back.calls().lend(32).value())).isEqualTo(-22);
    }

    private static int create(Puppet puppet, int notify, long value) {
        byte[] event = Bytes.longs(value, SIGUSR1 | (long) notify << 32, 0, 0, 0, 0, 0, 0);
        RemoteAddress id = puppet.calls().lend(8);
        puppet.call(TIMER_CREATE, CLOCK_MONOTONIC, puppet.calls().lend(event).value(), id.value());
        return (int) puppet.memory().readLong(id);
    }

    private static long[] time(Puppet puppet, int timer) {
        RemoteAddress value = puppet.calls().lend(32);
        puppet.call(TIMER_GETTIME, timer, value.value());
        return Bytes.toLongs(puppet.calls().read(value, 32));
    }

    private static long lent(Puppet puppet, long... values) {
        return puppet.calls().lend(Bytes.longs(values)).value();
    }
}
