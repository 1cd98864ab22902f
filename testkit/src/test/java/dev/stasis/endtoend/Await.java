package dev.stasis.endtoend;

import dev.stasis.testkit.Program;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waiting for what another process does and gives no notice of; the limit is only reached by a failing test. */
final class Await {
    private static final long LOOK_AGAIN_NANOS = 1_000_000;

    private Await() {}

    /** Waits until {@code condition} holds; fails naming {@code what} after {@link Program#LIMIT}. */
    static void until(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + Program.LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited " + Program.LIMIT + " in vain: " + what);
            }
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
    }
}
