package dev.stasis.testkit.contract;

import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.DumpContext;
import dev.stasis.spi.RestoreContext;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.function.Function;

/** Passes the calls of one plugin on, with contexts that check. The same context of the host is always the same one here. */
final class AssertingCalls {
    private final CallScope scope = new CallScope();
    private final HostOrder order = new HostOrder();
    private final Map<ClaimContext, AssertingDumpContext> dumps = new IdentityHashMap<>();
    private final Map<RestoreContext, AssertingRestoreContext> restores = new IdentityHashMap<>();

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

    /** Something is planned: a run may begin. */
    void planning() {
        if (order.planning()) {
            scope.begin();
        }
    }

    /** A run may begin with a call that is no claim. */
    void begins() {
        scope.begin();
    }

    /** {@code call}, which only looks. */
    <T> T looking(String name, ClaimContext context, Function<ClaimContext, T> call) {
        claiming();
        return during(name, context, call::apply);
    }

    /** {@code call}, which may write into the image. */
    <T> T dumping(String name, DumpContext context, Function<DumpContext, T> call) {
        return during(name, context, call::apply);
    }

    /** {@code call}, at whatever time of a dump. */
    <T> T during(String name, ClaimContext context, Function<AssertingDumpContext, T> call) {
        AssertingDumpContext asserting = dumps.computeIfAbsent(context, given -> new AssertingDumpContext(given, scope));
        scope.enter(name);
        try {
            T result = call.apply(asserting);
            asserting.callEnds();
            return result;
        } finally {
            scope.leave();
        }
    }

    /** {@code call}, of a restore. */
    <T> T restoring(String name, RestoreContext context, Function<RestoreContext, T> call) {
        AssertingRestoreContext asserting = asserting(context);
        scope.enter(name);
        try {
            T result = call.apply(asserting);
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
