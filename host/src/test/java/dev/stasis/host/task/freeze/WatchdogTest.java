package dev.stasis.host.task.freeze;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.linux.Pid;
import dev.stasis.linux.process.ChildExit;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.linux.seed.Seed;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A watchdog signals all when it should, and nobody when it should not. */
class WatchdogTest {
    private static final int SIGTERM = 15;

    @Test
    void itSignalsAllWhenItIsTold() {
        List<Pid> victims = List.of(running(), running(), running());
        try (Watchdog watchdog = Watchdog.spawn(Watchdog.Order.WHEN_TOLD, SIGTERM, victims)) {
            watchdog.tell();
        }
        for (Pid victim : victims) {
            assertThat(ProcessCalls.awaitChild(victim)).map(ChildExit::shellStatus).hasValue(128 + SIGTERM);
        }
    }

    @Test
    void itSignalsNobodyWhenItWasToldNotTo() {
        Pid victim = running();
        try (Watchdog watchdog = Watchdog.spawn(Watchdog.Order.UNLESS_TOLD, SIGTERM, List.of(victim))) {
            watchdog.tell();
        }
        assertRuns(victim);
    }

    @Test
    void itSignalsNobodyWhenItIsClosedUntold() {
        Pid victim = running();
        Watchdog.spawn(Watchdog.Order.UNLESS_TOLD, SIGTERM, List.of(victim)).close();
        Watchdog.spawn(Watchdog.Order.WHEN_TOLD, SIGTERM, List.of(victim)).close();
        assertRuns(victim);
    }

    @Test
    void thatSomebodyKilledItIsKnown() {
        Pid victim = running();
        Watchdog killed = Watchdog.spawn(Watchdog.Order.WHEN_TOLD, SIGTERM, List.of(victim));
        ProcessCalls.kill(killed.pid(), 9);
        killed.tell();
        killed.close();
        assertThat(killed.wasKilled()).isTrue();
        assertRuns(victim);

        Pid other = running();
        Watchdog whole = Watchdog.spawn(Watchdog.Order.WHEN_TOLD, SIGTERM, List.of(other));
        whole.tell();
        whole.close();
        assertThat(whole.wasKilled()).isFalse();
        assertThat(ProcessCalls.awaitChild(other)).map(ChildExit::shellStatus).hasValue(128 + SIGTERM);
    }

    private static Pid running() {
        Seed seed = Seed.spawn();
        seed.task().detach();
        return seed.pid();
    }

    private static void assertRuns(Pid pid) {
        assertThat(ProcessCalls.kill(pid, 9)).isTrue();
        assertThat(ProcessCalls.awaitChild(pid)).map(ChildExit::shellStatus).hasValue(128 + 9);
    }
}
