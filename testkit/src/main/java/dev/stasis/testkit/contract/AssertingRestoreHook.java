package dev.stasis.testkit.contract;

import dev.stasis.spi.FileRecord;
import dev.stasis.spi.Problem;
import dev.stasis.spi.RestoreContext;
import dev.stasis.spi.RestoreHook;
import dev.stasis.spi.RestoreStage;
import java.util.List;

/** A hook that passes every call on and checks it. */
final class AssertingRestoreHook implements RestoreHook {
    private final RestoreHook hook;
    private final AssertingCalls calls;

    AssertingRestoreHook(RestoreHook hook, AssertingCalls calls) {
        this.hook = hook;
        this.calls = calls;
    }

    @Override
    public RestoreStage stage() {
        return hook.stage();
    }

    @Override
    public List<Problem> plan(List<FileRecord> records, RestoreContext context) {
        calls.planning();
        return calls.restoring("RestoreHook.plan", context, asserting -> hook.plan(records, asserting));
    }

    @Override
    public void run(List<FileRecord> records, RestoreContext context) {
        calls.order().hook(stage());
        if (stage().compareTo(RestoreStage.DEFERRED) >= 0) {
            calls.tasksExist(context);
        }
        calls.restoring("RestoreHook.run at " + stage(), context, asserting -> {
            hook.run(records, asserting);
            return null;
        });
    }
}
