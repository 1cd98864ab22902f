package dev.stasis.testkit.contract;

import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.DumpContext;
import dev.stasis.spi.DumpHook;
import dev.stasis.spi.DumpStage;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.Problem;
import dev.stasis.spi.TreeAspect;
import java.util.List;
import java.util.Set;

/** A hook that passes every call on and checks it. */
final class AssertingDumpHook implements DumpHook {
    private final DumpHook hook;
    private final AssertingCalls calls;

    AssertingDumpHook(DumpHook hook, AssertingCalls calls) {
        this.hook = hook;
        this.calls = calls;
    }

    @Override
    public DumpStage stage() {
        return hook.stage();
    }

    @Override
    public Set<TreeAspect> keeps() {
        return hook.keeps();
    }

    @Override
    public List<Problem> check(List<OpenFile> files, ClaimContext context) {
        return calls.looking("DumpHook.check", context, asserting -> hook.check(files, asserting));
    }

    @Override
    public void run(List<OpenFile> files, DumpContext context) {
        calls.order().hook(stage());
        calls.dumping("DumpHook.run at " + stage(), context, asserting -> {
            hook.run(files, asserting);
            return null;
        });
    }
}
