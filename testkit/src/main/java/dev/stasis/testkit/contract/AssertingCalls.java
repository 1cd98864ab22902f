package dev.stasis.testkit.contract;

import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.RestoreContext;
import java.util.IdentityHashMap;
import java.util.Map;

/** Passes the calls of one plugin on, with contexts that check. The same context of the host is always the same one here. */
final class AssertingCalls {
    private final CallScope scope = new CallScope();
    private final HostOrder order = new HostOrder();
    private final Map<ClaimContext, AssertingDumpContext> dumps = new IdentityHashMap<>();
    private final Map<RestoreContext, AssertingRestoreContext> restores = new IdentityHashMap<>();

    /** A call that gets a context. */
    interface Call<C> {
        /** Makes it; throws whatever the plugin throws. */
        Object with(C context) throws Throwable;
    }

    /** What the host may call when. */
    HostOrder order() {
        return order;
    }

    /** Something is offered: a run may begin. */
    void claiming() {
        if (order.claim()) {
            scope.begin();
        }
    }

    /** A run begins. */
    void begins() {
        scope.begin();
    }

    /** {@code call}, named {@code name} in messages, at whatever time of a dump. */
    Object during(String name, ClaimContext context, Call<AssertingDumpContext> call) throws Throwable {
        AssertingDumpContext asserting = dumps.computeIfAbsent(context, given -> new AssertingDumpContext(given, scope));
        scope.enter(name);
        try {
            Object result = call.with(asserting);
            asserting.callEnds();
            return result;
        } finally {
            scope.leave();
        }
    }

    /** {@code call}, named {@code name} in messages, of a restore. */
    Object restoring(String name, RestoreContext context, Call<AssertingRestoreContext> call) throws Throwable {
        AssertingRestoreContext asserting = asserting(context);
        scope.enter(name);
        try {
            Object result = call.with(asserting);
            asserting.callEnds();
            return result;
        } finally {
            scope.leave();
        }
    }

    /** From now on tasks exist in the restore of {@code context}. */
    void tasksExist(RestoreContext context) {
        asserting(context).tasksExist();
    }

    private AssertingRestoreContext asserting(RestoreContext context) {
        return restores.computeIfAbsent(context, given -> new AssertingRestoreContext(given, scope));
    }
}
