package dev.stasis.testkit;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waiting for what another process does and gives no notice of; the limit is only reached by a failing test. */
public final class Await {
    private static final long LOOK_AGAIN_NANOS = 1_000_000;

    private Await() {}

    /** Waits until {@code condition} holds; fails naming {@code what} after {@link Program#LIMIT}. */
    public static void until(String what, BooleanSupplier condition) {
        until(() -> what, condition);
    }

    /** The same with a name that is made only for a failure, and may tell how far it came. */
    public static void until(Supplier<String> what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + Program.LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited " + Program.LIMIT + " in vain: " + what.get());
            }
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
    }
}
