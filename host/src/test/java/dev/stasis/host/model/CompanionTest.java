package dev.stasis.host.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** A companion does half of the work beside the one it helps, as often as it is asked. */
class CompanionTest {

    @Test
    void itWorksAtTheSameTime() {
        CountDownLatch met = new CountDownLatch(2);
        try (Companion companion = new Companion()) {
            companion.begin(() -> meet(met));
            meet(met);
            companion.await();
        }
        assertThat(met.getCount()).isZero();
    }

    private static void meet(CountDownLatch met) {
        met.countDown();
        try {
            met.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatItDidIsSeenAsOftenAsItIsAsked() {
        int[] sum = {0};
        try (Companion companion = new Companion()) {
            for (int i = 1; i <= 1000; i++) {
                int added = i;
                companion.begin(() -> sum[0] += added);
                companion.await();
            }
        }
        assertThat(sum[0]).isEqualTo(500_500);
    }

    @Test
    void whatItThrowsComesOutOnceAndItGoesOn() {
        try (Companion companion = new Companion()) {
            companion.begin(() -> {
                throw new IllegalStateException("half");
            });
            assertThatThrownBy(companion::await).isInstanceOf(IllegalStateException.class).hasMessage("half");
            boolean[] done = {false};
            companion.begin(() -> done[0] = true);
            companion.await();
            assertThat(done[0]).isTrue();
        }
    }

    @Test
    void whoeverIsInterruptedWaitsAllTheSame() {
        try (Companion companion = new Companion()) {
            CountDownLatch goOn = new CountDownLatch(1);
            boolean[] done = {false};
            companion.begin(() -> {
                meet(goOn);
                done[0] = true;
            });
            Thread.currentThread().interrupt();
            goOn.countDown();
            companion.await();
            assertThat(done[0]).isTrue();
            assertThat(Thread.interrupted()).isTrue();
        }
    }
}
