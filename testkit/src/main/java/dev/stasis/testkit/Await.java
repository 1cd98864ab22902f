package dev.stasis.testkit;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waiting for what another process does and gives no notice of; the limit is only reached by a failing test. */
public final class Await {
    private static final long LOOK_AGAIN_NANOS = 1_000_000;

    private Await() {}

    /** Waits until {@code condition} holds; fails naming {@code what} after {@link Program#LIMIT}. */
    public static void until(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + Program.LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited " + Program.LIMIT + " in vain: " + what);
            }
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
    }
}
